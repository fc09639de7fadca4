"""A driver for tests: says hello, then executes what it is sent and answers with the JSON of `result`."""

import json
import sys
import traceback


def main():
    print(json.dumps({"hello": {"python": "{}.{}.{}".format(*sys.version_info[:3])}}), flush=True)
    for line in iter(sys.stdin.readline, ""):
        names = {"__name__": "probe"}
        try:
            exec(json.loads(line)["run"], names)
            answer = {"result": names.get("result")}
        except SystemExit:
            raise
        except BaseException as error:
            answer = {"raised": type(error).__name__, "text": str(error), "traceback": traceback.format_exc()}
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
