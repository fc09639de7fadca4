"""Modules of the standard library, rewritten, do what they always did."""

from __future__ import annotations

import importlib.util
import sys
import types
from pathlib import Path

import pytest

from sandbox.overlay import access
from sandbox.rewrite import Sites, rewrite

CALLS = {
    "heapq": "(list(merge([1, 3], [2])), nlargest(2, [3, 1, 2]), heapify(h := [3, 1, 2]), heappushpop(h, 0), h)",
    "textwrap": "(fill('a b ' * 40, 30), dedent('  x\\n  y'), shorten('a b c d', 6), indent('x', '> '))",
    "json.decoder": "(JSONDecoder().decode('{\"a\": [1, 2.5, null, \"x\"]}'), py_scanstring('ab\\\\n\"', 0))",
    "json.encoder": "(JSONEncoder(indent=1, sort_keys=True).encode({'b': [1], 'a': {}}), py_encode_basestring('\\n'))",
    "json.scanner": "py_make_scanner(__import__('json').JSONDecoder())('[1, 2]', 0)",
    "dataclasses": "(lambda C: (repr(C(1)), asdict(C(2)), replace(C(1), a=3) == C(3)))(make_dataclass('C', [('a', int)]))",
    "argparse": "(lambda p: (p.add_argument('--x', type=int, nargs='+'), p.parse_args(['--x', '1', '2']).x, p.format_help())[1:])"
    "(ArgumentParser(prog='p'))",
    "difflib": "(list(unified_diff(['a', 'b'], ['a', 'c'])), get_close_matches('aple', ['apple', 'pear']))",
    "bisect": "(bisect([1, 2, 3], 2), insort(x := [1, 3], 2), x)",
    "collections": "(Counter('abca').most_common(1), ChainMap({'a': 1}, {'b': 2})['b'], namedtuple('P', 'x y')(1, 2)._asdict(), UserDict(a=1))",
    "copy": "(deepcopy({'a': [1, {2}]}), copy([1]))",
    "csv": "(Sniffer().sniff('a;b\\nc;d\\n').delimiter, list(DictReader(['a,b', '1,2'])))",
    "calendar": "(month(2024, 2), list(Calendar().itermonthdays(2024, 2)))",
    "colorsys": "(rgb_to_hls(.1, .2, .3), hsv_to_rgb(.5, .5, .5))",
    "configparser": "(lambda c: (c.read_string('[a]\\nb = 1\\nc = %(b)s2\\n'), dict(c['a']))[1])(ConfigParser())",
    "contextlib": "[(lambda s: (s.callback(list), len(s._exit_callbacks)))(ExitStack())[1], suppress(ValueError) is None]",
    "fnmatch": "(filter(['a.py', 'b'], '*.py'), translate('a?[b-d]*'))",
    "fractions": "(Fraction(3, 7) + Fraction('1.5'), Fraction(.1).limit_denominator(20), hash(Fraction(1, 2)))",
    "functools": "(lambda f: ([f(i % 3) for i in range(9)], f.cache_info(), reduce(lambda a, b: a + b, 'abc')))(lru_cache(2)(str))",
    "getopt": "gnu_getopt(['-a', '1', 'x', '--long=2'], 'a:', ['long='])",
    "html": "(escape('<a&b>'), unescape('&lt;&#65;&eacute;'))",
    "html.parser": "(lambda p: (p.feed('<a href=\"x\">t</a>'), p.close(), p.get_starttag_text()))(HTMLParser())",
    "keyword": "(iskeyword('for'), len(kwlist))",
    "linecache": "getlines('/nonexistent')",
    "numbers": "(issubclass(int, Integral), Number.__name__)",
    "operator": "(attrgetter('real')(3), itemgetter(1, 0)('ab'), methodcaller('upper')('a'), concat([1], [2]))",
    "optparse": "(lambda p: (p.add_option('-x', type='int'), p.parse_args(['-x', '3', 'y'])[1])[1])(OptionParser())",
    "plistlib": "loads(dumps({'a': [1, True, 'x', b'y']}))",
    "pprint": "pformat({'a': list(range(40)), 'b': {'c': (1,)}}, width=30)",
    "queue": "(lambda q: (q.put(1), q.put(0), q.get(), q.qsize()))(PriorityQueue())",
    "random": "(lambda r: (r.random(), r.sample(range(9), 3), r.choices('ab', k=3), r.gauss(0, 1), r.shuffle(x := [1, 2, 3]), x))(Random(1))",
    "reprlib": "Repr().repr([list(range(9)), 'x' * 99])",
    "sched": "(lambda s: (s.enter(0, 1, list), s.run(), s.empty())[2])(scheduler())",
    "shlex": "(split('a \"b c\" d'), quote('a b'), join(['x', 'y z']))",
    "statistics": "(mean([1, 2, 4]), median([3, 1]), stdev([1, 2, 4]), quantiles(range(9)), mode('aab'))",
    "string": "(Template('$a ${b}').substitute(a=1, b=2), Formatter().format('{0:>3}|{x!r}', 1, x='y'), capwords('a b'))",
    "stringprep": "(in_table_a1('\\u0221'), map_table_b2('A'))",
    "token": "(ISTERMINAL(1), tok_name[1])",
    "tokenize": "[t[:2] for t in generate_tokens(iter(['x = 1\\n', '']).__next__)]",
    "traceback": "(format_exception_only(ValueError('x')), [f.lineno for f in StackSummary.from_list([('f', 3, 'g', 'h')])])",
    "types": "(SimpleNamespace(a=1), new_class('C').__name__, resolve_bases((int,)))",
    "typing": "(get_type_hints(lambda: 0), repr(Optional[int]), get_args(Dict[str, int]), NamedTuple('N', [('a', int)])(1))",
    "uuid": "(uuid5(NAMESPACE_DNS, 'x'), UUID(int=5).hex)",
    "weakref": "(lambda d: (d.update({1: (s := {1}.__class__)}), len(d)))(WeakValueDictionary())",
    "ast": "(unparse(parse('def f(a, *b): return [x for x in a if x]')), literal_eval('[1, {2: 3}]'), dump(parse('x')))",
    "threading": "(lambda s: (s.acquire(), s.release(), s._value))(Semaphore(2))",
    "_pydecimal": "(Decimal('1.1') + 2, Decimal(2).sqrt(), Decimal('1e3').quantize(Decimal('.1')))",
    "email.message": "(lambda m: (m.add_header('A', 'b', c='d'), m.set_payload('x'), m.as_string()))(Message())",
    "urllib.parse": "(urlsplit('http://a:1/b?c=d#e'), quote('a b/é'), parse_qs('a=1&a=2'), urljoin('http://a/b/c', '../d'))",
    "xml.etree.ElementTree": "(lambda e: (tostring(e), [x.tag for x in e.iter()]))(fromstring('<a b=\"1\"><c/>t</a>'))",
    "logging": "(lambda r: Formatter('%(levelname)s %(message)s').format(r))(LogRecord('n', 20, 'p', 1, 'm %s', ('x',), None))",
    "pickletools": "optimize(__import__('pickle').dumps([1, 'a'], 2))",
    "ipaddress": "(list(ip_network('10.0.0.0/30').hosts()), ip_address('::1').is_loopback, list(collapse_addresses([ip_network('1.0.0.0/25'), ip_network('1.0.0.128/25')])))",
    "graphlib": "list(TopologicalSorter({'a': {'b'}, 'b': {'c'}}).static_order())",
    "enum": "(lambda C: (list(C), C.A | C.B, C(3), repr(C.A)))(Flag('C', 'A B'))",
}  # fmt: skip


def module_of(name, *, is_rewritten):
    spec = importlib.util.find_spec(name)
    assert spec is not None
    path = spec.origin if spec.origin != "frozen" else spec.loader_state.filename
    source = Path(path).read_text(encoding="utf-8")
    code = rewrite(source, path, Sites()).code if is_rewritten else compile(source, path, "exec", dont_inherit=True)
    module = types.ModuleType(name)
    module.__file__ = path
    module.__spec__ = spec
    module.__package__ = name if spec.submodule_search_locations else name.rpartition(".")[0]
    if is_rewritten:
        module.__dict__.update(access.hooks())
    was = sys.modules.get(name)
    sys.modules[name] = module
    try:
        exec(code, module.__dict__)
        return eval(CALLS[name], module.__dict__)
    finally:
        if was is not None:
            sys.modules[name] = was
        else:
            del sys.modules[name]


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", CALLS)
def test_a_module_of_the_library_rewritten_gives_the_same(name):
    assert repr(module_of(name, is_rewritten=True)) == repr(module_of(name, is_rewritten=False))
