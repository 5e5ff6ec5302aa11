"""Templates, a list for each feature, and the variables that all of them see."""

VARIABLES = {
    "bos_token": "<s>",
    "eos_token": "</s>",
    "add_generation_prompt": True,
    "tools": None,
    "empty": [],
    "numbers": [3, 1, 2],
    "words": ["pear", "Apple", "fig", "apple"],
    "text": "  Größe, 東京 and naïve: \"it's\" <b>\n\tend  ",
    "emoji": "👩‍🚀e\u0301\r\nx",
    "letters": "abcdef",
    "thought": "<think>\nhm\n</think>\n\nanswer",
    "deep": {"b": {"c": [1, {"d": "é"}]}, "a": 1.5, "n": None, "t": True, "items": "own"},
    "people": [
        {"name": "Ann", "age": 31, "tags": ["x"], "active": True},
        {"name": "bob", "age": 7, "active": False},
        {"name": "Cid", "age": 31, "tags": [], "active": True},
    ],
    "messages": [
        {"role": "system", "content": "Be brief."},
        {"role": "user", "content": " Hi\nthere "},
        {"role": "assistant", "content": "<think>\nwell\n</think>\n\nHello!"},
        {"role": "user", "content": [{"type": "text", "text": "Look: "}, {"type": "image"}]},
        {
            "role": "assistant",
            "content": None,
            "tool_calls": [
                {"type": "function", "function": {"name": "f", "arguments": {"x": 1, "y": "ü"}}}
            ],
        },
        {"role": "tool", "content": "{\"ok\": true}"},
        {"role": "user", "content": "Thanks"},
    ],
}

CHATML = """{% for message in messages %}
{{- '<|im_start|>' + message['role'] + '\\n' }}
{%- if message.content is string %}
{{- message.content | trim }}
{%- elif message.content is iterable %}
    {%- for part in message.content %}
        {%- if part.type == 'text' %}{{ part.text }}{% else %}<{{ part['type'] }}>{% endif %}
    {%- endfor %}
{%- endif %}
{{- '<|im_end|>\\n' }}
{% endfor %}
{% if add_generation_prompt %}
{{- '<|im_start|>assistant\\n' -}}
{% endif %}
"""

LAST_QUERY = """{%- set ns = namespace(multi_step_tool=true, last=messages|length - 1) %}
{%- for message in messages[::-1] %}
    {%- set index = (messages|length - 1) - loop.index0 %}
    {%- if ns.multi_step_tool and message.role == "user" and message.content is string and not
        (message.content.startswith('<r>') and message.content.endswith('</r>')) %}
        {%- set ns.multi_step_tool = false %}
        {%- set ns.last = index %}
    {%- endif %}
{%- endfor %}
{%- for message in messages %}
    {%- set content = message.content if message.content is string else '' %}
    {%- set reasoning = '' %}
    {%- if message.role == 'assistant' and '</think>' in content %}
        {%- set reasoning = content.split('</think>')[0].rstrip('\\n').split('<think>')[-1].lstrip('\\n') %}
        {%- set content = content.split('</think>')[-1].lstrip('\\n') %}
    {%- endif %}
    {%- if loop.index0 > ns.last or loop.last %}({{ reasoning.strip('\\n') }}){% endif %}
    {{- '[' ~ message.role ~ ':' ~ content ~ ']' }}
    {%- for call in message.tool_calls or [] %}
        {%- set call = call.function %}
        {{- '{"name": "' ~ call.name ~ '", "arguments": ' }}
        {{- call.arguments if call.arguments is string else call.arguments | tojson }}}
    {%- endfor %}
    {%- if message.role == "tool" and (loop.first or messages[loop.index0 - 1].role != "tool") %}
        {{- '<tools>' }}
    {%- endif %}
{%- endfor %}"""

ALTERNATION = """{{ bos_token }}{%- if messages[0]['role'] == 'system' -%}
    {%- set first_user_prefix = messages[0]['content'] + '\n\n' -%}
    {%- set loop_messages = messages[1:] -%}
{%- else -%}
    {%- set first_user_prefix = '' -%}
    {%- set loop_messages = messages -%}
{%- endif -%}
{%- for message in loop_messages -%}
    {%- if (message['role'] == 'user') != (loop.index0 % 2 == 0) -%}
        {{ raise_exception("Roles must alternate") }}
    {%- endif -%}
{%- endfor -%}"""

RENDER_TYPE = """{%- macro render_type(spec, required=false, level=0) -%}
    {%- if spec.type == "array" -%}
        {{- render_type(spec['items'], level=level + 1) -}}[]
    {%- elif spec is mapping -%}
        {%- for key, value in spec|dictsort -%}
            {{ key }}:{{ value if value is string else render_type(value, level=level + 1) }}
            {%- if not loop.last %}, {% endif -%}
        {%- endfor -%}
    {%- else -%}
        any@{{ level }}
    {%- endif -%}
    {%- if required %}!{% endif -%}
{%- endmacro -%}
{{ render_type({'type': 'array', 'items': {'type': 'number', 'of': {'type': 'array'}}}, true) }}"""

CASES = {
    "real shapes": [CHATML, LAST_QUERY, ALTERNATION, RENDER_TYPE],
    "text and line structure": [
        "",
        "plain",
        "one\n",
        "one\n\n",
        "a\r\nb\rc\n",
        "a\n{% if true %}\nb\n{% endif %}\nc\n",
        "a\n  {% if true %}  \nb\n  {%+ if true %}\nc{% endif %}{% endif %}",
        "a  {% if true %} b {% endif %}  c",
        "  {% if true %}x{% endif %}",
        "\n \t {# note #}\n y",
        "x {#- note -#} y",
        "x {#+ note +#}\n y",
        "{% if true +%}\nx{% endif +%}\ny",
        "{% if true -%}\n\n  x  {%- endif %}\n y",
        "a {{- 1 -}} b",
        "a\n{{ 1 }}\nb",
        "a\n  {{- 1 }}\nb",
        "{{+ 1 }} {{ -1 }} {{- 1 }}",
        "{% if true %}\n  {% if true %}\n    z\n  {% endif %}\n{% endif %}",
        "{% if true -%}\n   {% if true %}q{% endif %}{% endif %}",
        "{{ '}}' }}{{ {'a': {'b': 1}}.a.b }}{{ {'a': {}}}}",
        "{{ '%}' }}{% set x = '%}' %}{{ x }}",
        "a { b } {c} % }} %} #}",
        "}}{{ 1 }}}}",
        "{%- set x = 1 -%}{{x}}",
        "{{ 1 }",
        "{% if true %}",
        "{% endif %}",
        "{# open",
        "{{ 'open }}",
        "{{ (1] }}",
        "{{ ) }}",
        "{{ }}",
        "{% %}",
        "{% unknown %}",
        "{{ 1 2 }}",
        "\u2028{% if true %}x{% endif %}\u00a0{%- if true %}y{% endif %}",
    ],
    "raw blocks": [
        "a {% raw %} {{ x }} {% y %} {% endraw %} b",
        "a\n{% raw %}\n  {{ x }}\n{% endraw %}\nb",
        "a {%- raw -%}  {{ x }}  {%- endraw -%}  b",
        "a\n  {% raw %}\nx\n  {% endraw %}\nb",
        "{% raw %}open",
        "{% raw %}{% endraw +%}\nb",
    ],
    "literals": [
        r"{{ 'a\n\t\\\'\"\x41\u00e9\U0001F600\101\0b\q' }}",
        '{{ "it\'s" }} {{ \'say "x"\' }}',
        "{{ 'a' 'b' \"c\" }}",
        "{{ 'two\nlines' }}",
        "{{ 'line\\\nend' }}",
        "{{ 1 }} {{ 1_000 }} {{ 0 }} {{ 1.50 }} {{ 1e3 }} {{ 2.5E-3 }} {{ 1e16 }} {{ 1e-5 }}",
        "{{ 123456789012345680.0 }} {{ 0.1 + 0.2 }} {{ 1e15 }} {{ 12345678.9 }} {{ 1e300 * 1e10 }}",
        "{{ -0.0 }} {{ 100.0 }} {{ 9007199254740993.0 }} {{ 0.0001 }} {{ 1.5e22 }}",
        "{{ true }} {{ True }} {{ false }} {{ None }} {{ none }}",
        "{{ [1, 'a', none, [true, 1.0],] }} {{ (1,) }} {{ () }} {{ (1, 2) }} {{ 1, 2 }}",
        "{{ {'a': 1, 'b': {'c': [none]}, 'a': 2} }} {{ {} }} {{ [] }}",
        "{{ [\"it's\", 'say \"x\"', 'both \\' \"', 'tab\\t', 'é\\x07\\u200b\\U000e0001'] }}",
        r"{{ '\u12' }}",
        "{{ 00 }}|{{ 012 }}",
        "{{ 'a'.b }}",
    ],
    "arithmetic": [
        "{{ 1 + 2 * 3 - 4 }} {{ (1 + 2) * 3 }} {{ 7 / 2 }} {{ 4 / 2 }}",
        "{{ 7 // 2 }} {{ -7 // 2 }} {{ 7 // -2 }} {{ 7.5 // 2 }} {{ -7.5 // 2 }}",
        "{{ 7 % 3 }} {{ -7 % 3 }} {{ 7 % -3 }} {{ -7.5 % 2 }} {{ 7.5 % -2 }}",

        "{{ 2 ** 10 }} {{ 2 ** 3 ** 2 }} {{ (-1) ** 3 }} {{ 0 ** 0 }} {{ -2 ** 2 }}",
        "{{ 1 / 0 }}",
        "{{ 1 // 0 }}",
        "{{ 1 % 0 }}",
        "{{ 'a' + 'b' ~ 1 ~ none ~ 2.0 }} {{ 'ab' * 3 }} {{ 2 * 'x' }} {{ 'x' * -1 }}",
        "{{ [1] + [2] }} {{ [0] * 3 }} {{ (1,) + (2,) }}",
        "{{ 'a' + 1 }}",
        "{{ [1] + (2,) }}",
        "{{ none + 1 }}",
        "{{ true + 1 }} {{ true * 2 }} {{ -true }} {{ +3 }} {{ - - 3 }}",
        "{{ -'a' }}",
        "{{ 1 ~ 2 + 3 }}",
        "{{ '1' ~ 2 * 3 }}",
        "{{ 1 - 1 - 1 }} {{ 8 / 2 / 2 }} {{ 2 - -2 }}",
    ],
    "comparisons and logic": [
        "{{ 1 == 1.0 }} {{ 1 == true }} {{ 'a' == 'a' }} {{ 'a' == 1 }} {{ none == none }}",
        "{{ [1, 2] == [1, 2] }} {{ (1,) == [1] }} {{ {'a': 1, 'b': 2} == {'b': 2, 'a': 1} }}",
        "{{ 1 < 2 }} {{ 1 < 2 < 3 }} {{ 3 > 2 >= 2 != 1 }} {{ 1 < 2 > 5 }}",
        "{{ 'a' < 'b' }} {{ 'Z' < 'a' }} {{ 'é' > 'z' }} {{ [1, 2] < [1, 3] }} {{ '' < 'a' }}",
        "{{ 1 < 'a' }}",
        "{{ none < 1 }}",
        "{{ 'e\u0301' == 'é' }} {{ '\\r\\n' == '\\n' }}",
        "{{ 1 in [1, 2] }} {{ 3 not in [1, 2] }} {{ 'b' in 'abc' }} {{ '' in '' }} {{ 'a' in deep }}",
        "{{ 'x' in 1 }}",
        "{{ 1 in 'a1' }}",
        "{{ not true }} {{ not 0 }} {{ not '' }} {{ not not [] }} {{ not 1 == 2 }}",
        "{{ 1 and 2 }} {{ 0 and 2 }} {{ '' or 'x' }} {{ 0 or '' or none }} {{ 1 or missing.x }}",
        "{{ true and false or true }} {{ not false and false }}",
        "{{ 'y' if true else 'n' }} {{ 'y' if 0 else 'n' }} [{{ 'y' if 0 }}]",
        "{{ 1 if 0 else 2 if 0 else 3 }} {{ (1 if 1 else 2) + 1 }}",
        "{{ 1 + 2 == 3 and 'a' ~ 'b' == 'ab' }}",
        "{{ 1 is odd and 2 is even }}",
    ],
    "undefined": [
        "[{{ missing }}] {{ missing is defined }} {{ deep.missing is undefined }} {{ not missing }}",
        "{{ missing.x }}",
        "{{ missing['x'] }}",
        "{{ deep.missing.x }}",
        "{{ missing + 'a' }}",
        "{{ missing ~ 'a' }} {{ missing == missing }} {{ missing == none }} {{ missing != 1 }}",
        "{{ missing < 1 }}",
        "{{ missing() }}",
        "{{ -missing }}",
        "{% for x in missing %}x{% else %}none{% endfor %}",
        "{{ missing | length }} [{{ missing | upper }}] {{ missing | list }} [{{ missing | join }}]",
        "{{ missing | tojson }}",
        "{{ missing | int }}",
        "{{ 'x' in missing }} {{ missing is iterable }} {{ missing is sequence }}",
        "[{{ missing | first }}] [{{ empty | first }}] [{{ numbers[9] }}] [{{ letters[9] }}]",
        "{{ [missing] }}",
        "{{ none.x }}|",
        "{{ none['x'] }}|",
        "{{ none.x.y }}",
        "{{ numbers['x'] }}|{{ numbers.x }}|",
        "{{ missing[1:] }}",
        "{{ deep.x[1:] }}",
        "{{ (1).x }}|{{ letters.x }}|",
    ],
    "access": [
        "{{ deep.b.c[1].d }} {{ deep['b']['c'][0] }} {{ deep.b['c'].1.d }} {{ numbers.0 }}",
        "{{ numbers[-1] }} {{ numbers[-3] }} [{{ numbers[-4] }}] {{ letters[0] }} {{ letters[-1] }}",
        "{{ deep['items'] }} {{ deep['keys'] is defined }} {{ deep.items is callable }}",
        "{{ letters[1:3] }} {{ letters[:2] }} {{ letters[-2:] }} {{ letters[:] }} {{ letters[::2] }}",
        "{{ letters[::-1] }} {{ letters[4:1:-1] }} {{ letters[10:] }} {{ letters[-10:2] }}",
        "{{ letters[-1:-3:-1] }} {{ letters[:-9:-2] }} {{ letters[9:0:-3] }} {{ letters[2:1] }}",
        "{{ numbers[1:] }} {{ numbers[::-1] }} {{ (1, 2, 3)[1:] }} {{ numbers[none:2] }}",
        "{{ letters[::0] }}",
        "{{ letters['a':] }}",
        "{{ deep[1:] }}",
        "{{ emoji | length }} {{ emoji[0] }} {{ emoji[::-1] | tojson }} {{ emoji[3:5] }}",
        "{{ messages[0]['content'][1:-1] }} {{ messages[-1].role }}",
        "{{ 'abc'[1] }} {{ [1, 2][0] }} {{ {'k': 5}['k'] }} {{ {'k': 5}.k }}",
        "{{ numbers[1.5] }}|{{ numbers[true] }}",
    ],
    "set": [
        "{% set x = 1 %}{{ x }}{% set x = x + 1 %}{{ x }}",
        "{% set a, b = 1, 'z' %}{{ a }}{{ b }}{% set (c, d) = [3, 4] %}{{ c }}{{ d }}",
        "{% set a, b = [1] %}",
        "{% set a, (b, c) = [1, [2, 3]] %}{{ a + b + c }}",
        "{% set t = 1, 2 %}{{ t }}",
        "{% set x %}  a {{ 1 + 1 }}\nb{% endset %}[{{ x }}]",
        "{% set x | upper | trim %} abc {% endset %}[{{ x }}]",
        "{% set x %}{% set y = 1 %}{{ y }}{% endset %}{{ x }}[{{ y }}]",
        "{% set ns = namespace(n=0, s='a') %}{% for i in numbers %}{% set ns.n = ns.n + i %}{% endfor %}{{ ns.n }}{{ ns.s }}",
        "{% set ns = namespace() %}{% set ns.x = 1 %}{{ ns.x }}[{{ ns.y }}]{{ ns.y is defined }}",
        "{% set ns = namespace({'a': 1}, b=2) %}{{ ns.a }}{{ ns.b }}{{ ns['a'] }}",
        "{% set deep.x = 1 %}",
        "{% set x = 1 %}{% if true %}{% set x = 2 %}{% endif %}{{ x }}",
        "{% set x = 1 %}{% for i in [1, 2] %}{{ x }}{% set x = x + 5 %}{{ x }} {% endfor %}{{ x }}",
        "{% set true = 1 %}",
        "{% set ns = namespace(t='') %}{% set ns.t %}block{% endset %}{{ ns.t }}",
    ],
    "if": [
        "{% if 0 %}a{% elif '' %}b{% elif 1 %}c{% else %}d{% endif %}",
        "{% if none %}a{% else %}b{% endif %}{% if deep %}x{% endif %}{% if empty %}y{% endif %}",
        "{% if not missing %}m{% endif %}{% if missing is defined and missing %}n{% endif %}",
        "{% if (1 if true else 0) %}a{% endif %}",
        "{% if 1 if 1 else 0 %}{% endif %}",
        "{% if true %}{% else %}{% elif true %}{% endif %}",
    ],
    "for": [
        "{% for x in numbers %}{{ loop.index }}{{ loop.index0 }}{{ loop.first }}{{ loop.last }}{{ loop.length }}:{{ x }} {% endfor %}",
        "{% for x in numbers %}{{ loop.revindex }}{{ loop.revindex0 }}{{ loop.depth }}{{ loop.depth0 }}{{ loop.cycle('a', 'b') }} {% endfor %}",
        "{% for x in numbers %}[{{ loop.previtem }}<{{ x }}>{{ loop.nextitem }}]{{ loop.nextitem is defined }}{% endfor %}",
        "{% for x in empty %}a{% else %}none{% endfor %}",
        "{% for x in numbers if x > 1 %}{{ loop.index }}/{{ loop.length }}:{{ x }} {% endfor %}",
        "{% for x in numbers if x > 9 %}{{ x }}{% else %}none{% endfor %}",
        "{% for k, v in {'a': 1, 'b': 2}.items() %}{{ k }}={{ v }};{% endfor %}",
        "{% for k in deep %}{{ k }},{% endfor %}",
        "{% for c in 'aé\\n東' %}[{{ c }}]{% endfor %}",
        "{% for a, (b, c) in [[1, [2, 3]]] %}{{ a }}{{ b }}{{ c }}{% endfor %}",
        "{% for a, b in [[1]] %}{% endfor %}",
        "{% for x in 5 %}{% endfor %}",
        "{% for x in none %}{% endfor %}",
        "{% for x in numbers %}{% if x == 1 %}{% continue %}{% endif %}{{ x }}{% endfor %}",
        "{% for x in numbers %}{% if loop.index == 2 %}{% break %}{% endif %}{{ x }}{% else %}e{% endfor %}",
        "{% for x in [1, 2] %}{% for y in 'ab' %}{{ x }}{{ y }}{{ loop.index }} {% if y == 'a' and x == 2 %}{% break %}{% endif %}{% endfor %}{{ loop.index }}{% endfor %}",
        "{% for x in numbers %}{% set last = x %}{% endfor %}[{{ last }}][{{ x }}]",
        "{% for x in numbers %}[{{ seen }}]{% set seen = x %}{% endfor %}",
        "{% for x in range(3) %}{{ x }}{% endfor %} {{ range(1, 4) | list }} {{ range(5, 0, -2) | list }} {{ range(0) | list }}",
        "{% for x in range(0, 3, 0) %}{% endfor %}",
        "{{ range(100001) | list | length }}",
        "{{ range(100000) | list | length }}",
        "{% for x in 1, 2 %}{{ x }}{% endfor %}",
        "{% for m in messages if m.role == 'user' %}{{ loop.index }}{% if not loop.last %},{% endif %}{% endfor %}",
        "{% break %}",
        "{% for loop in numbers %}{{ loop }}{% endfor %}",
        "{% for x in numbers %}{{ x }}{% endfor %}{{ loop is defined }}",
        "{% for x in numbers\n   if x != 3 %}\n  - {{ x }}\n{% endfor %}\nend",
    ],
    "macros": [
        "{% macro f(a, b=2, c='x') %}{{ a }}{{ b }}{{ c }}{% endmacro %}{{ f(1) }} {{ f(1, 5) }} {{ f(a=0, c='z') }} {{ f(1, c=3) }}",
        "{% macro f(a) %}[{{ a }}]{{ a is defined }}{% endmacro %}{{ f() }}",
        "{% macro f(a) %}{{ a }}{% endmacro %}{{ f(1, 2) }}",
        "{% macro f(a) %}{{ a }}{% endmacro %}{{ f(b=1) }}",
        "{% macro f(a) %}{{ a }}{% endmacro %}{{ f(1, a=1) }}",
        "{% macro f(n) %}{{ n }}{% if n > 0 %}{{ f(n - 1) }}{% endif %}{% endmacro %}{{ f(3) }}",
        "{% macro f() %}\n  {{- bos_token }} {{ later }}\n{% endmacro %}{% set later = 'L' %}[{{ f() }}]",
        "{% macro f(a, b=a) %}{{ b }}{% endmacro %}{{ f(7) }}",
        "{% macro f() %}{% set x = 1 %}{{ x }}{% endmacro %}{{ f() }}[{{ x }}]",
        "{% macro f() %}x{% endmacro %}{{ f() | upper }}{{ f() ~ f() }}{{ f() is string }}{{ f()|length }}",
        "{% macro box(t) %}<{{ t }}:{{ caller() }}>{% endmacro %}{% call box('a') %}in{{ 1 }}{% endcall %}",
        "{% macro each(l) %}{% for x in l %}{{ caller(x) }};{% endfor %}{% endmacro %}{% set k = 'K' %}{% call(v) each([1, 2]) %}{{ v }}{{ k }}{% endcall %}",
        "{% macro f(a=1, b) %}{% endmacro %}",
        "{% macro f(messages) %}{{ messages }}{% endmacro %}{{ f('own') }}{{ messages | length }}",
        "{{ f() }}{% macro f() %}{% endmacro %}",
        "{% if true %}{% macro f() %}y{% endmacro %}{% endif %}{{ f() }}",
        "{% for x in numbers %}{% macro f() %}{{ x }}{% endmacro %}{{ f() }}{% endfor %}",
        "{% macro f() %}{{ caller is defined }}{% endmacro %}{{ f() }}",
    ],
    "other blocks": [
        "{% filter upper %}a{{ 'b' }}{% endfilter %}",
        "{% filter trim | replace('a', 'b') %} aa {% endfilter %}",
        "{% with x = 1, y = 2 %}{{ x + y }}{% set z = 3 %}{% endwith %}[{{ x }}][{{ z }}]",
        "a{% generation %}b{{ 1 }}{% endgeneration %}\nc",
        "{% for m in messages %}{% if m.role == 'assistant' %}{% generation %}{{ m.content }}{{ loop.index }}{% endgeneration %}{% endif %}{% endfor %}",
    ],
    "filters of texts": [
        "[{{ text | trim }}] [{{ 'xxaxx' | trim('x') }}] [{{ ' a ' | trim | upper }}] {{ 5 | trim }}",
        "{{ 'größe ß ǆ' | upper }} {{ 'ÀB' | lower }} {{ 'hELLO wORLD' | capitalize }} {{ '' | capitalize }}",
        "{{ \"it's a-b (c) d_e 1st éa\" | title }}",
        "{{ 'a.b.c' | replace('.', '-') }} {{ 'aaa' | replace('a', 'b', 2) }} {{ 'aaa' | replace('aa', 'b') }} {{ 11 | replace(1, 2) }}",
        "{{ '<a href=\"x\">&\\'</a>' | escape }} {{ '<' | e }} {{ '<' | safe }}",
        "{{ 'a\\nb\\n\\nc' | indent }}|{{ 'a\\nb' | indent(2, true) }}|{{ 'a\\n\\nb' | indent(1, blank=true) }}|{{ 'a\\nb\\n' | indent('> ', first=true) }}|",
        "{{ 1 | string + '2' }} {{ none | string }} {{ [1] | string }} {{ true | string | length }}",
        "{{ 'abc' | length }} {{ 'abc' | count }} {{ 'abc' | first }}{{ 'abc' | last }} {{ 'abc' | list }} {{ 'abc' | reverse }}",
        "{{ 'abc' | upper() }}",
        "{{ 'abc' | upper(1) }}",
        "{{ 'abc' | nosuchfilter }}",
        "{{ 5 | indent }}",
    ],
    "default": [
        "{{ missing | default('d') }} {{ none | default('d') }} {{ none | default('d', true) }} {{ '' | d('d', boolean=true) }}",
        "[{{ missing | default }}] {{ deep.x | default([]) }} {{ 0 | default(5) }}",
        "{{ missing.x | default('d') }}",
    ],
    "filters of numbers": [
        "{{ '42' | int }} {{ ' -7 ' | int }} {{ '3.9' | int }} {{ 'x' | int }} {{ 'x' | int(5) }} {{ 3.9 | int }} {{ -3.9 | int }} {{ none | int }} {{ true | int }} {{ '1_0' | int }} {{ [] | int(default=2) }}",
        "{{ '1.5' | float }} {{ 2 | float }} {{ 'x' | float }} {{ 'x' | float(1.5) }} {{ '1e3' | float }}",
        "{{ 2.5 | round }} {{ 3.5 | round }} {{ -2.5 | round }} {{ 2.675 | round(2) }} {{ 0.285 | round(2) }} {{ 1.005 | round(2) }} {{ 42 | round }} {{ 2.1 | round(0, 'ceil') }} {{ 2.19 | round(1, 'floor') }} {{ 42.55 | round(1) }}",
        "{{ -3 | abs }} {{ (-3) | abs }} {{ -2.5 | abs }}",
        "{{ 'a' | abs }}",
        "{{ 'a' | round }}",
    ],
    "filters of sequences": [
        "{{ numbers | join }} {{ numbers | join(', ') }} {{ people | join('; ', attribute='name') }} {{ [1, none, 'a'] | join('-') }}",
        "{{ numbers | first }} {{ numbers | last }} {{ numbers | length }} {{ deep | length }} {{ deep | first }} {{ deep | last }}",
        "{{ numbers | sort }} {{ words | sort }} {{ words | sort(case_sensitive=true) }} {{ numbers | sort(reverse=true) }} {{ people | sort(attribute='age') | map(attribute='name') | list }}",
        "{{ people | sort(attribute='age', reverse=true) | map(attribute='name') | join }} {{ people | sort(attribute='name') | map(attribute='name') | join }}",
        "{{ [1, 'a'] | sort }}",
        "{{ words | unique | list }} {{ [1, 2, 1, 1.0, '1'] | unique | list }} {{ people | unique(attribute='age') | map(attribute='name') | list }}",
        "{{ numbers | reverse | list }} {{ numbers | sum }} {{ people | sum(attribute='age') }} {{ [1.5] | sum(start=1) }}",
        "{{ numbers | max }} {{ numbers | min }} {{ words | max }} {{ people | max(attribute='age') }} [{{ empty | max }}]",
        "{{ deep.b | items | list }} {{ {'a': 1}.items() | list }} {{ missing | items | list }} {{ deep | list }}",
        "{{ numbers | items | list }}",
        "{{ {'b': 1, 'A': 2, 'a': 0} | dictsort }} {{ {'b': 1, 'A': 2} | dictsort(true) }} {{ {'b': 1, 'A': 2} | dictsort(by='value', reverse=true) }}",
        "{% for k, v in {'z': 1, 'y': 2} | dictsort %}{{ k }}{{ v }}{% endfor %}",
        "{{ words | map('upper') | list }} {{ people | map(attribute='name') | join(',') }} {{ people | map(attribute='tags', default='-') | list }}",
        "{{ people | map(attribute='tags.0') | list }}",
        "{{ people | map(attribute='tags.0', default='?') | list }} {{ [[1, 2]] | map(attribute=1) | list }}",
        "{{ words | map('replace', 'p', 'b') | list }} {{ ['1', 'x'] | map('int', default=7) | list }}",
        "{{ words | map('nosuch') | list }}",
        "{{ people | selectattr('active') | map(attribute='name') | list }} {{ people | rejectattr('active') | map(attribute='name') | list }}",
        "{{ people | selectattr('age', 'equalto', 31) | list | length }} {{ people | selectattr('name', 'in', ['Ann', 'bob']) | map(attribute='age') | list }} {{ people | selectattr('tags', 'defined') | list | length }}",
        "{{ messages | selectattr('role', '==', 'system') | map(attribute='content') | list }} {{ people | rejectattr('age', '>', 10) | list | length }}",
        "{{ numbers | select('odd') | list }} {{ numbers | reject('gt', 2) | list }} {{ [0, 1, '', 'a', none] | select | list }} {{ [1, 'a'] | select('string') | list }}",
        "{{ none | select | list }} {{ 0 | map('upper') | list }} {{ none | rejectattr('x') | list }}",
        "{{ 5 | select | list }}",
        "{{ 5 | length }}",
        "{{ none | list }}",
        "{{ 5 | join }}",
    ],
    "tojson": [
        "{{ deep | tojson }} {{ [1, 2.0, 1e20, true, none, \"é'\\\"\\\\ \\n\\t\\x07\\x7f/<>\"] | tojson }}",
        "{{ deep | tojson(indent=2) }}",
        "{{ {'a': [], 'b': {}, 'c': [1]} | tojson(indent=4) }} {{ [] | tojson(indent=1) }}",
        "{{ [1, {'a': 2}] | tojson(indent='\\t') }} {{ [1, [2]] | tojson(indent=0) }}",
        "{{ {'b': 1, 'a': 'é😀'} | tojson(sort_keys=true, ensure_ascii=true) }}",
        "{{ [1, {'a': 2}] | tojson(separators=(',', ':')) }} {{ 'x' | tojson }} {{ 5 | tojson }} {{ none | tojson }}",
        "{{ (1, 'a') | tojson }} {{ messages[4].tool_calls[0].function | tojson }}",
        "{{ namespace() | tojson }}",
        "{{ deep.items | tojson }}",
        "{{ 1e400 | tojson }} {{ -1e400 | tojson }}",
    ],
    "tests": [
        "{{ 1 is number }} {{ 1.5 is number }} {{ true is number }} {{ '1' is number }} {{ 1 is integer }} {{ true is integer }} {{ 1.0 is integer }} {{ 1.0 is float }}",
        "{{ 'a' is string }} {{ 1 is string }} {{ none is none }} {{ missing is none }} {{ true is boolean }} {{ 1 is boolean }}",
        "{{ deep is mapping }} {{ numbers is mapping }} {{ deep is iterable }} {{ numbers is iterable }} {{ 'a' is iterable }} {{ 1 is iterable }} {{ none is iterable }}",
        "{{ deep is sequence }} {{ numbers is sequence }} {{ 'a' is sequence }} {{ 1 is sequence }} {{ (1,) is sequence }} {{ none is sequence }}",
        "{{ true is true }} {{ 1 is true }} {{ false is false }} {{ 0 is false }} {{ none is not true }}",
        "{{ 1 is eq 1 }} {{ 1 is equalto(2) }} {{ 1 is ne 2 }} {{ 1 is lt 2 }} {{ 1 is gt 2 }} {{ 1 is le 1 }} {{ 1 is ge 2 }} {{ 'a' is in ['a'] }} {{ 'a' is not in 'b' }}",
        "{{ 3 is odd }} {{ 3 is even }} {{ 9 is divisibleby 3 }} {{ 9 is divisibleby(2) }} {{ 'a' is lower }} {{ 'aB' is upper }} {{ 'A1' is upper }} {{ '1' is lower }}",
        "{{ none is sameas none }} {{ true is sameas true }} {{ 1 is sameas true }}",
        "{{ missing is not defined }} {{ deep.b is defined and deep.b is mapping }} {{ raise_exception is callable }}",
        "{{ 1 is nosuchtest }}",
        "{{ 1 is string or 1 is number }} {{ 'a' if 1 is string else 'b' }} {{ 1 + 1 is number }}",
        "{{ 1 is divisibleby }}",
        "{{ 1 is defined 2 }}",
        "{{ strftime_now is defined }} {{ namespace() is mapping }} {{ not 1 is string }}",
    ],
    "methods of strings": [
        "[{{ '  a b '.strip() }}] [{{ ' a '.lstrip() }}] [{{ ' a '.rstrip() }}] [{{ 'xyaxy'.strip('yx') }}] [{{ '\\n\\na\\n'.lstrip('\\n') }}] [{{ ' a '.strip(none) }}] [{{ '\\x1fa\\u00a0\\u2003'.strip() }}]",
        "{{ 'abc'.startswith('ab') }} {{ 'abc'.endswith('bc') }} {{ 'abc'.startswith(('x', 'a')) }} {{ 'abc'.endswith(('x', 'y')) }} {{ 'a'.startswith('') }} {{ 'a'.endswith('aa') }}",
        "{{ 'abc'.startswith(['a']) }}",
        "{{ 'abc'.startswith(1) }}",
        "{{ 'a,b,,c'.split(',') }} {{ ' a  b c '.split() }} {{ 'a,b,c'.split(',', 1) }} {{ 'a b  c '.split(none, 1) }} {{ ''.split(',') }} {{ ''.split() }} {{ 'a--b---c'.split('--') }} {{ 'a,b'.split(',', maxsplit=0) }}",
        "{{ 'a,b,c'.rsplit(',', 1) }} {{ ' a b  c '.rsplit(none, 1) }} {{ 'a---b'.rsplit('--', 1) }} {{ 'a---b'.rsplit('--') }} {{ 'a b'.rsplit() }}",
        "{{ 'a'.split('') }}",
        "{{ thought.split('</think>')[-1].lstrip('\\n') }} {{ thought.split('</think>')[0].rstrip('\\n').split('<think>')[-1].lstrip('\\n') }}",
        "{{ 'aB'.upper() }} {{ 'aB'.lower() }} {{ \"they're bill's 3rd\".title() }} {{ 'aBC dE'.capitalize() }} {{ 'ß'.upper() }}",
        "{{ 'aXbX'.replace('X', '--') }} {{ 'aaa'.replace('a', 'b', 1) }} {{ 'aaa'.replace('a', '') }} {{ 'a'.replace('x', 'y') }} {{ 'aaa'.replace('a', 'b', -1) }}",
        "{{ ', '.join(['a', 'b']) }} {{ '-'.join('abc') }} [{{ ''.join([]) }}]",
        "{{ ','.join([1]) }}",
        "{{ 'abcabc'.find('c') }} {{ 'abc'.find('x') }} {{ 'abc'.find('') }} {{ 'abcabc'.rfind('c') }} {{ 'aaa'.rfind('aa') }} {{ 'abc'.rfind('') }} {{ 'aaaa'.count('aa') }} {{ 'abc'.count('') }} {{ '東京都'.find('京') }} {{ 'abc'.index('b') }}",
        "{{ 'abc'.index('x') }}",
        "{{ 'abab'.find('ba') }} {{ 'aabaabaaa'.find('aabaaa') }} {{ 'aabaabaaab'.split('aabaaa') }}",
        "{{ 'a\\nb\\r\\nc\\n'.splitlines() }} {{ 'a\\n\\nb'.splitlines(true) }} {{ ''.splitlines() }} {{ 'a=b=c'.partition('=') }} {{ 'a=b=c'.rpartition('=') }} {{ 'a'.partition('=') }} {{ 'a'.rpartition('=') }}",
        "{{ 'prefix-x'.removeprefix('prefix-') }} {{ 'x.py'.removesuffix('.py') }} {{ 'x'.removesuffix('') }} {{ 'x'.removeprefix('y') }}",
        "{{ '12'.isdigit() }} {{ ''.isdigit() }} {{ 'a1'.isalnum() }} {{ 'aé'.isalpha() }} {{ 'a1'.isalpha() }} {{ ' \\n'.isspace() }} {{ 'a'.islower() }} {{ 'A1'.isupper() }} {{ '1'.isupper() }} {{ '²'.isdigit() }}",
        "{{ 'a'.nosuch() }}",
        "{{ 'a'.__class__ }}",
    ],
    "methods of objects and lists": [
        "{{ deep.get('a') }} {{ deep.get('x') }} {{ deep.get('x', 5) }} {{ deep.get('b').get('c') }} {{ deep['get']('a') }}",
        "{{ {'a': 1}.keys() | list }} {{ {'a': 1}.values() | list }} {% for k, v in deep.b.items() %}{{ k }}{{ v }}{% endfor %}",
        "{{ {'a': 1}.copy() }} {{ [1, 2, 1].count(1) }} {{ [1, 2].index(2) }} {{ (1, 2).index(1) }}",
        "{{ numbers.append(1) }}",
        "{{ deep.update({}) }}",
        "{{ deep.pop('a') }}",
        "{{ deep.items(1) }}",
        "{{ [1].index(3) }}",
        "{% set x = numbers.append %}ok",
    ],
    "globals": [
        "{{ dict(a=1, b='x') }} {{ dict({'a': 1}, b=2) }} {{ dict() }}",
        "{{ raise_exception('no ' ~ 'way') }}",
        "{{ strftime_now('%Y-%m-%d %H:%M:%S %d %b %Y %B %A %a %y %j %I %p %e %% %-d %-m %-H') }}",
        "{{ range(2, 8, 3) | list }} {{ range(3) | length }} {{ range(3)[1] }} {{ 2 in range(3) }}",
        "{{ range('a') }}",
        "{{ namespace(a=1).a }}",
        "{{ 1() }}",
        "{{ deep() }}",
    ],
}
