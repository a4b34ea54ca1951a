"""Random Jinja templates of the subset that text/jinja runs, and the input they are rendered with."""

TEXTS = [
    "", "a", "Hello World", "  pad \n", "a,b,,c", "éÜß ǆ İ Σς", "日本語", "😀x", "it's", 'say "hi"', "back\\slash", "<b>&amp;</b>",
    "line1\nline2\r\n\nline4", "12", " -7 ", "3.5", "1e3", "0x1f", "xxxxx", "\t\x0b", "A-b (c) [d] fOO", "\u00a0nb\u2028ls",
    "a%sb%d", "{} {0} {x}", "ΑΣ", "ﬃ", "q\x7f",
]
INPUT = {
    "s": "Hello <b>World</b>", "t": "  déjà vu \n", "n": 7, "neg": -3, "f": 2.5, "b": True, "none_v": None, "l": [3, 1, 2],
    "d": {"b": 1, "a": "x", "C": [1, {"z": None}], "items": "shadow"},
    "nested": [{"k": "v", "n": 1}, {"k": "w", "n": 2, "o": {"p": [True, False]}}, {"n": 0}],
    "msgs": [{"role": "user", "content": "q"}, {"role": "assistant", "content": "a"}],
}
NAMES = ["s", "t", "n", "f", "b", "l", "d", "nested", "u", "none_v", "msgs", "neg"]
NUMBERS = ["0", "1", "2", "3", "-1", "7", "10", "2.5", "0.1", "1e3", "100", "true", "-2.75", "1_000", "0x10"]
FILTERS = """trim;trim('ax ');upper;lower;capitalize;title;length;count;first;last;list;string;int;float;int(5);abs;reverse|list;sort;
sort(reverse=true);sort(attribute='n');unique|list;join;join(', ');join('-', attribute='k');tojson;tojson(indent=2);
tojson(ensure_ascii=true);tojson(separators=(',',':'));tojson(sort_keys=true);safe;e;indent;indent(2);indent(3, true, true);
indent('> ');default('D');d('D', true);items|list;dictsort;dictsort(by='value');map('upper')|list;map(attribute='k')|list;
map(attribute='k', default='zz')|join(',');select|list;reject('none')|list;select('string')|list;selectattr('k')|list;
selectattr('k','equalto','v')|list;rejectattr('k','defined')|list;round;round(1);round(2,'floor');round(0,'ceil');sum;
sum(attribute='n');min;max;batch(2)|list;slice(2)|list;center(11);truncate(5);replace('l', 'L', 1);replace('', '_')"""
METHODS = """strip();lstrip('xHa');rstrip();split();split(',');split('l', 1);split(none, 1);rsplit(',',1);splitlines();splitlines(true);
startswith('H');startswith(('a','H'));endswith('>');upper();lower();title();capitalize();replace('l','LL');find('l');rfind('l');count('l');
isdigit();isalpha();isspace();islower();join(['a','b']);get('a');get('zz', 3);items()|list;keys();values()|list;format('A', x=1);
center(9,'*');rjust(8,'.');zfill(6);partition('l');rpartition(',');removeprefix('He');append(1);index(1)"""
TESTS = """defined;undefined;none;string;number;integer;float;mapping;iterable;sequence;boolean;true;odd;even;divisibleby(3);eq(1);ne 1;lt(3);
in [1,2];in 'abc';callable;upper;sameas none;not none"""
# Mostly of the types that they need, so that most templates render.
SENSIBLE = """s;t;n;f;b;l;d.b;nested[0].k;undef;n + 1;s ~ t;s|upper;t|trim;l|length;d.C|tojson;s[1:3];n // 2;n % 2 == 0;'l' in s;l|join('-');
loop is defined;x1;bb;a is defined;bb|default('D');msgs[-1]['role'];s.split('l')[0];nested|selectattr('k','defined')|map(attribute='k')|join(',');
s if n > 3 else t;not b;d|items|list;nested[1].o.p;d;[n, s];{'q': n};l[::-1];f|round(1);'%s-%d'|format(s, n);b and n;undef or 'alt';
(l|sort)[0];d.keys()|list;n is odd;strftime_now('%Y %b');neg % 4;neg // 2;2 ** n;f * 2;(n, 'x');range(3)|list"""


def choices(text):
    return [choice.strip() for choice in text.replace("\n", "").split(";")]


class Grammar:
    def __init__(self, random):
        self.random = random
        self.filters, self.methods = choices(FILTERS), choices(METHODS)
        self.tests, self.sensible = choices(TESTS), choices(SENSIBLE)

    def one(self, *of):
        return self.random.choice(of)

    def literal(self):
        text = self.random.choice(TEXTS).replace("\\", "\\\\").replace("'", "\\'")
        return "'" + text.replace("\n", "\\n").replace("\r", "\\r").replace("\x0b", "\\x0b") + "'"

    def atom(self):
        kind = self.random.random()
        if kind < 0.3:
            return self.literal()
        return self.random.choice(NUMBERS if kind < 0.5 else NAMES)

    def expression(self, depth):
        if depth <= 0:
            return self.atom()
        if self.random.random() < 0.6:
            return self.random.choice(self.sensible)

        def inner():
            return self.expression(depth - 1)

        kind = self.random.random()
        if kind < 0.25:
            return f"({inner()})|{self.random.choice(self.filters)}"
        if kind < 0.4:
            return f"({inner()}).{self.random.choice(self.methods)}"
        if kind < 0.5:
            return f"{self.random.choice(NAMES)}[{self.one('0', '-1', ':1', '1:', '::-1', '-2:', '1:3', repr('k'))}]"
        if kind < 0.65:
            return f"({inner()} {self.one('+', '-', '*', '/', '//', '%', '~')} {inner()})"
        if kind < 0.8:
            return f"({inner()} {self.one('==', '!=', '<', 'in', 'not in', 'and', 'or')} {inner()})"
        if kind < 0.9:
            return f"({inner()} if {inner()} else {inner()})"
        return f"({self.atom()} is {self.random.choice(self.tests)})"

    def tag(self, text):
        return "{%" + self.one("", "-", "", "+") + f" {text} " + self.one("", "-", "") + "%}"

    def output(self, depth=2):
        return "{{" + self.one("", "-") + f" {self.expression(depth)} " + self.one("", "-") + "}}"

    def text(self):
        return self.one("", "\n", "  ", "x", "\n\n  ", "text ", "\t", "a\n   b", " é\u3000")

    def template(self):
        return self.statements(self.random.randint(1, 3))

    def statements(self, depth):
        return "".join(self.text() + self.statement(depth) + self.text() for _ in range(self.random.randint(1, 3)))

    def statement(self, depth):
        kind = self.random.random()
        if depth <= 0 or kind < 0.25:
            return self.output()
        name = self.one("a", "bb", "s", "x1", "n")
        body = self.statements(depth - 1)
        if kind < 0.4:
            return self.tag(f"set {name} = {self.expression(2)}")
        if kind < 0.46:
            return self.tag(f"set {name}") + body + self.tag("endset")
        if kind < 0.52:
            step = self.one("ns.v ~ i", "i", "[ns.v, i]")
            return self.tag("set ns = namespace(v=1)") + self.tag("for i in l") + self.tag(f"set ns.v = {step}") + self.tag("endfor") + "{{ ns.v }}"
        if kind < 0.7:
            return self.loop(name, body, depth)
        if kind < 0.84:
            middle = self.tag(f"elif {self.expression(1)}") + self.statements(depth - 1) if self.random.random() < 0.4 else ""
            last = self.tag("else") + self.statements(depth - 1) if self.random.random() < 0.5 else ""
            return self.tag(f"if {self.expression(2)}") + body + middle + last + self.tag("endif")
        if kind < 0.93:
            signature, call = self.one(("p", "1"), ("p, q=2", "'A'"), ("p='z', q=p", ""), ("p, q=n", "p=3"), ("", "1, 2"))
            rest = "{{ varargs }}" if signature == "" else "{{ p }}" + self.one("", "{{ q }}")
            return self.tag(f"macro m({signature})") + body + rest + self.tag("endmacro") + self.one("{{ m(%s) }}" % call, self.tag(f"set {name} = m({call})"))
        if kind < 0.95:
            return "{% raw %}{{ x }}{% endraw %}{#" + self.one("", "-") + " {{ }} " + self.one("", "-") + "#}"
        if kind < 0.97:
            return self.tag("filter " + self.one("upper", "trim", "replace('a','b')")) + body + self.tag("endfilter")
        if kind < 0.99:
            return self.tag(f"with {name} = {self.expression(1)}") + body + self.tag("endwith")
        return self.tag("generation") + body + self.tag("endgeneration")

    def loop(self, name, body, depth):
        target, values = self.one((name, "l"), (name, "d"), ("k, v", "d.items()"), (name, "nested"), ("i", "range(3)"), (name, "'abc'"),
                                  ("k, v", "[[1,2],[3,4]]"), (name, "nested|map(attribute='n')"), (name, "undef"), ("i", "msgs[::-1]"))
        condition = self.one("", "", "", f" if {target.split(',')[0]}", f" if {self.expression(1)}")
        body += self.one("", "{{ loop.index }}/{{ loop.length }}{{ loop.last }}", "{{ loop.first }}{{ loop.revindex0 }}",
                         "{{ loop.previtem }}|{{ loop.nextitem }}", "{{ loop.cycle('o','e') }}", "{{ %s }}" % target.split(",")[0])
        if self.random.random() < 0.3:
            body += self.tag(f"if {self.expression(1)}") + self.tag(self.one("break", "continue")) + self.tag("endif") + "t"
        otherwise = self.tag("else") + self.statements(depth - 1) if self.random.random() < 0.25 else ""
        return self.tag(f"for {target} in {values}{condition}") + body + otherwise + self.tag("endfor")
