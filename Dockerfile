# Two images. `sandbox` is what student code sees; build it with `make image` (python -m grader.containers.docker_image build),
# which fetches the wheels, sends the context and sets the labels a backend asks for. `grader` is the service.
ARG BASE_IMAGE=python:3.13-slim

FROM ${BASE_IMAGE} AS sandbox
COPY wheels/ /tmp/wheels/
COPY sandbox/ /sandbox/
COPY sandbox/first.py /first.py
# No pip needed, no network used. Root owns everything; the student's user can only read. What runs with other people's rights goes.
RUN set -e; \
    mkdir -p /packages/base /w; \
    echo 'student:x:1000:1000::/w:/bin/false' >> /etc/passwd; echo 'student:x:1000:' >> /etc/group; \
    for wheel in /tmp/wheels/*.whl; do python3 -m zipfile -e "$wheel" /packages/base; done; \
    rm -r /tmp/wheels; \
    python3 -m compileall -q --invalidation-mode unchecked-hash /sandbox; \
    chmod -R u=rwX,go=rX /packages /sandbox /first.py; \
    printf 'passwd: files\ngroup: files\nhosts: files\n' > /etc/nsswitch.conf; \
    rm -rf /boot /home /media /mnt /opt /root /run /srv /var/log; \
    find / -xdev -type f -perm /6000 -exec chmod a-s {} +; \
    python3 -I -S -c 'import sys; sys.path.append("/packages/base"); import greenlet; greenlet.greenlet(int).switch()'
USER 1000:1000
WORKDIR /w

FROM ${BASE_IMAGE} AS grader
RUN apt-get update \
    && apt-get install --yes --no-install-recommends bubblewrap ca-certificates git openssh-client \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /grader
COPY requirements.lock ./
RUN python3 -m pip install --no-cache-dir --disable-pip-version-check --require-hashes -r requirements.lock
COPY . .
RUN python3 -m pip install --no-cache-dir --disable-pip-version-check --no-deps --no-build-isolation . \
    && useradd --create-home --uid 1000 grader
USER grader
WORKDIR /course
ENTRYPOINT ["grader"]
CMD ["--help"]
