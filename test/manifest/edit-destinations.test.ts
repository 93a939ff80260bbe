import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { edit, manifest, refusal, withV2 } from '../../kit/manifest/edit.ts'

const BOTH = manifest(`        # stable
        - destination: # where most go
            host: tcp-echo
            subset: v1
          weight: 90   # of 100
        - weight: 10
          destination: {host: "tcp-echo", subset: 'v2'}
`)

describe('A weight that is written', () => {
  test('is replaced by the new one, and nothing else changes', () => {
    expect(withV2(BOTH, 20)).toBe(
      BOTH.replace('weight: 90', 'weight: 80').replace('weight: 10', 'weight: 20'),
    )
  })

  test('is replaced in place in a file with line ends of Windows and a byte order mark', () => {
    const windows = (text: string) => `\uFEFF${text.replaceAll('\n', '\r\n')}`
    expect(withV2(windows(BOTH), 20)).toBe(windows(withV2(BOTH, 20)))
  })

  test('is replaced in the wanted one of several documents', () => {
    const others = (text: string) =>
      `# all of it\n---\n${BOTH.replace('tcp-echo\n', 'other\n')}---\n${text}...\n---\nkind: ConfigMap\ndata: |\n  weight: 90\n`
    expect(withV2(others(BOTH), 20)).toBe(others(withV2(BOTH, 20)))
  })

  test('is replaced within a List, as kubectl get writes it', () => {
    const listed = (text: string) =>
      `apiVersion: v1\nkind: List\nitems:\n- kind: Pod\n- ${text.trimEnd().replaceAll('\n', '\n  ')}\n`
    expect(withV2(listed(BOTH), 20)).toBe(listed(withV2(BOTH, 20)))
  })

  test('is replaced in JSON, which is YAML too', () => {
    const json = (v1: number, v2: number) =>
      `{"apiVersion":"networking.istio.io/v1","kind":"VirtualService","metadata":{"name":"tcp-echo"},"spec":{"tcp":[{"route":[{"destination":{"host":"a","subset":"v1"},"weight":${v1}},{"destination":{"host":"a","subset":"v2"},"weight":${v2}}]}]}}`
    expect(withV2(json(90, 10), 20)).toBe(json(80, 20))
  })

  test('is not replaced in another list with the same destinations', () => {
    const twice = BOTH.replace('  tcp:', '  x-same: &x\n    - 1\n  tcp:').replace(
      '  tcp:',
      `  http:\n    - route:\n        - destination: {host: tcp-echo, subset: v1}\n          weight: 90\n        - weight: 10\n          destination: {host: tcp-echo, subset: v2}\n  tcp:`,
    )
    const wanted = { kind: 'weight', subset: 'v2', percent: 20 } as const
    for (const kind of ['tcp', 'http'] as const) {
      const edited = edit(twice, wanted, { kind })
      expect(edited.ok && edited.value.match(/weight: 90/g)).toHaveLength(1)
    }
    expect(edit(twice, wanted).ok).toBe(false)
  })
})

describe('A destination that the rule lacks', () => {
  test('is added in the style of the one that it copies, without its comments', () => {
    const one = manifest(`        - destination:
            host: tcp-echo
            # the port of the Service
            port:
              number: 9000 # TCP
            subset: "v1" # stable
          # the end
`)
    expect(withV2(one, 20)).toBe(
      manifest(`        - destination:
            host: tcp-echo
            # the port of the Service
            port:
              number: 9000 # TCP
            subset: "v1" # stable
          weight: 80
        - destination:
            host: tcp-echo
            port:
              number: 9000
            subset: "v2"
          weight: 20
          # the end
`),
    )
  })

  test('is added where lists are not indented, and the file ends without a line end', () => {
    const one = manifest(`      - destination:
          host: tcp-echo
        weight: 100`)
    const both = manifest(`      - destination:
          host: tcp-echo
        weight: 80
      - destination:
          host: tcp-echo
          subset: v2
        weight: 20`)
    expect(withV2(one, 20)).toBe(both)
  })

  test('is added with line ends of Windows where the file has them', () => {
    const one = manifest('        - destination:\n            host: tcp-echo\n')
    const windows = one.replaceAll('\n', '\r\n')
    expect(withV2(windows, 20)).toBe(withV2(one, 20).replaceAll('\n', '\r\n'))
    expect(withV2(windows, 20)).not.toMatch(/[^\r]\n/)
  })

  test('is added to a list in brackets', () => {
    const one = manifest('        [{destination: {host: a, subset: v1}}]\n')
    expect(withV2(one, 20)).toBe(
      manifest(
        '        [{destination: {host: a, subset: v1}, weight: 80}, {destination: {host: a, subset: v2}, weight: 20}]\n',
      ),
    )
  })

  test('is added to JSON with lines of its own, and with its quotes', () => {
    const json = (routes: string) =>
      `{
  "apiVersion": "networking.istio.io/v1",
  "kind": "VirtualService",
  "metadata": { "name": "tcp-echo" },
  "spec": {
    "tcp": [
      {
        "route": [
${routes}
        ]
      }
    ]
  }
}
`
    const one = json(`          {
            "destination": { "host": "a" }
          }`)
    expect(withV2(one, 20)).toBe(
      json(`          {
            "destination": { "host": "a" },
            "weight": 80
          },
          {
            "destination": { "host": "a", "subset": "v2" },
            "weight": 20
          }`),
    )
  })

  test.each([
    [
      'a dash on a line of its own',
      '        -\n          destination:\n            host: a\n',
      '        -\n          destination:\n            host: a\n          weight: 80\n        - destination:\n            host: a\n            subset: v2\n          weight: 20\n',
    ],
    [
      'wide dashes',
      '        -   destination: {host: a}\n',
      '        -   destination: {host: a}\n            weight: 80\n        -   destination: {host: a, subset: v2}\n            weight: 20\n',
    ],
    [
      'a folded text',
      '        - weight: 100\n          destination:\n            host: >-\n              a\n\n',
      '        - weight: 80\n          destination:\n            host: >-\n              a\n        - weight: 20\n          destination:\n            host: a\n            subset: v2\n\n',
    ],
    [
      'a comment behind the dash',
      '        - # the old version\n          destination: {host: a}\n',
      '        - # the old version\n          destination: {host: a}\n          weight: 80\n        - destination: {host: a, subset: v2}\n          weight: 20\n',
    ],
    [
      'blanks at the ends of lines, which are not copied',
      '        - destination:  \n            host: a   \n',
      '        - destination:  \n            host: a   \n          weight: 80\n        - destination:\n            host: a\n            subset: v2\n          weight: 20\n',
    ],
    [
      'JSON with a comment at its end',
      '        [\n          {"destination": {"host": "a"}, "weight": 100} # one\n        ]\n',
      '        [\n          {"destination": {"host": "a"}, "weight": 80}, # one\n          {"destination": {"host": "a", "subset": "v2"}, "weight": 20}\n        ]\n',
    ],
    [
      'colons without a blank',
      '        - {destination:{host: a}, \'weight\':100}\n        - {"weight":0,"destination":{"host":"b"}}\n',
      '        - {destination:{host: a}, \'weight\':80}\n        - {"weight":0,"destination":{"host":"b"}}\n        - {destination: {host: a, subset: v2}, weight: 20}\n',
    ],
    [
      'a # that begins no comment',
      '        - destination: {host: "a#b", subset: \'v1 # x\'}\n',
      '        - destination: {host: "a#b", subset: \'v1 # x\'}\n          weight: 80\n        - destination: {host: "a#b", subset: \'v2\'}\n          weight: 20\n',
    ],
  ])('is added beside %s', (_, one, both) => {
    expect(withV2(manifest(one), 20)).toBe(manifest(both))
  })

  test.each(['2024', '0b1', '1e3', 'on', 'off', 'yes', 'n', 'null'])(
    'whose name %s would be read as something else by kubectl is quoted',
    (subset) => {
      const one = manifest('        - destination: {host: a, subset: v1}\n')
      expect(withV2(one, 20, subset)).toContain(`{host: a, subset: "${subset}"}`)
    },
  )
})

describe('A shared node', () => {
  test('that is not on the way to the weights does not matter', () => {
    const named = (text: string) =>
      text
        .replace('metadata:', 'metadata: &m')
        .replace('route:', 'route: &r')
        .replace('{host: "tcp-echo"', '&v2 {host: "tcp-echo"')
        .replace('  tcp:', '  x-hosts: &h ["*"]\n  y-hosts: *h\n  tcp:')
    expect(withV2(named(BOTH), 20)).toBe(named(withV2(BOTH, 20)))
  })

  test('that is used by an alias in a destination stays, and the weight changes', () => {
    const aliased = (text: string) =>
      text
        .replace('  tcp:', '  x: &v2 {host: "tcp-echo", subset: v2}\n  tcp:')
        .replace(/\{host: "tcp-echo", subset: 'v2'\}/, '*v2')
    expect(withV2(aliased(BOTH), 20)).toBe(aliased(withV2(BOTH, 20)))
  })

  test('that comes by a merge key is overridden by a weight of its own', () => {
    const merged = manifest(`        - destination: {host: a, subset: v1}
          weight: 90
        - <<: {weight: 10}
          destination: {host: a, subset: v2}
`)
    expect(withV2(merged, 20)).toBe(
      merged.replace('90', '80').replace('v2}\n', 'v2}\n          weight: 20\n'),
    )
  })

  test('that is an alias in the place of a weight is replaced by the weight', () => {
    const one = BOTH.replace('  tcp:', '  x: &w 90\n  tcp:').replace('weight: 90', 'weight: *w')
    expect(withV2(one, 20)).toBe(one.replace('*w', '80').replace('weight: 10', 'weight: 20'))
  })
})

describe('A manifest that is valid YAML is edited', () => {
  test.each([
    ['a template in a comment', 'metadata:', 'metadata: # see {{ runbook }} {% x %}'],
    [
      'a template in an annotation',
      '  namespace: demo',
      '  namespace: demo\n  annotations: {note: "{{ x }}"}',
    ],
    ['a bracket in the column of its key', '    - "*"', '    - "*"\n  gateways: [\n    g\n  ]'],
    ['a quoted text that is not indented', '    - "*"', '    - "*"\n  x: "one\ntwo"'],
    ['a tab before a value', 'weight: 10', 'weight:\t10'],
    ['a tab before a bracket', '    - "*"', '    - "*"\n  gateways:\t[g\t]'],
    ['a tab between destinations in brackets', "subset: 'v2'}", "subset: 'v2'\t}"],
    ['a tab in brackets', '    - "*"', '    - "*"\n  gateways: [\n\tg]'],
    ['quoted keys', 'route:', '"route":'],
    ['a tag of an application', '    - "*"', '    - "*"\n  x: !secret [!ref a]'],
    ['an empty item in another list', '  tcp:', '  http:\n    -\n  tcp:'],
    ['a key twice elsewhere', '    - "*"', '    - "*"\n  x: {a: 1, a: 1}'],
  ])('with %s', (_, plain, odd) => {
    const with_ = (text: string) => text.replace(plain, odd)
    const twenty = plain === 'weight: 10' ? 'weight:\t20' : undefined
    const expected =
      twenty === undefined
        ? with_(withV2(BOTH, 20))
        : with_(BOTH).replace('weight: 90', 'weight: 80').replace('weight:\t10', twenty)
    expect(withV2(with_(BOTH), 20)).toBe(expected)
  })

  test('with byte order marks at the start of any document', () => {
    const others = (text: string) =>
      `\uFEFF# one\nkind: ConfigMap\n---\n\uFEFF${text}---\n\uFEFFkind: Secret\n`
    expect(withV2(others(BOTH), 20)).toBe(others(withV2(BOTH, 20)))
  })

  test('with single carriage returns as line ends', () => {
    const returns = (text: string) => text.replaceAll('\n', '\r')
    expect(withV2(returns(BOTH), 20)).toBe(returns(withV2(BOTH, 20)))
    const one = manifest('        - destination: {host: a}\n')
    expect(withV2(returns(one), 20)).toBe(returns(withV2(one, 20)))
  })

  test('with mixed line ends, where an added line has that of the line before it', () => {
    const one = manifest('        - destination: {host: a}\r\n        # end\n')
    expect(withV2(one, 20)).toBe(
      manifest(
        '        - destination: {host: a}\r\n          weight: 80\r\n        - destination: {host: a, subset: v2}\r\n          weight: 20\r\n        # end\n',
      ),
    )
  })

  test('in a List within a List', () => {
    const list = (text: string) =>
      `kind: List\nitems:\n-\n- ${text.trimEnd().replaceAll('\n', '\n  ')}\n`
    expect(withV2(list(list(BOTH)), 20)).toBe(list(list(withV2(BOTH, 20))))
  })

  test('behind a document that Kubernetes cannot read', () => {
    const behind = (text: string) => `? [a, b]\n: c\n---\n${text}`
    expect(withV2(behind(BOTH), 20)).toBe(behind(withV2(BOTH, 20)))
  })

  test('in the wanted rule behind an empty item', () => {
    const rule = '    - match: [{port: 2}]\n      route:\n        - destination: {host: a}\n'
    const text = BOTH.replace('  tcp:\n', '  tcp:\n    -\n').concat(rule)
    const wanted = { kind: 'weight', subset: 'v2', percent: 20 } as const
    expect(edit(text, wanted, { kind: 'tcp', index: 1 })).toEqual({
      ok: true,
      value: withV2(BOTH, 20).replace('  tcp:\n', '  tcp:\n    -\n').concat(rule),
    })
  })
})

test('a line end that kubectl reads differently has a code of its own, because the file may be valid YAML', () => {
  const text = BOTH.replace('of 100', 'of 100\u2028          weight: 80')
  const edited = edit(text, { kind: 'weight', subset: 'v2', percent: 20 })
  expect(edited).toMatchObject({ ok: false, problems: [{ code: 'ITS-MANIFEST-LINE-END' }] })
})

describe('A manifest is refused, with the line and what to do', () => {
  test.each([
    ['a template', BOTH.replace('90', '{{ .Values.stable }}'), 'Line 17 is a template. Only plain'],
    ['a template of Jinja', BOTH.replace('# stable', '{% if x %}'), 'Line 13 is a template.'],
    ['a quoted template', BOTH.replace("'v2'", "'{{ x }}'"), 'Line 19 is a template.'],
    [
      'a template as the list',
      BOTH.replace(/tcp:[\s\S]*/, 'tcp: "{{ x }}"'),
      'Line 9 is a template.',
    ],
    ['a templated name', BOTH.replace('tcp-echo', '"{{ x }}"'), 'Line 4 is a template.'],
    [
      'what is no YAML, with a template in a comment',
      `# {{ x }}\n${BOTH}\n\t- x: [`,
      'Line 22 is not valid YAML: ',
    ],
    [
      'what is no YAML, with templates far away and in quotes',
      `kind: ConfigMap\ndata:\n  a: |\n    {{ x }}\n---\n${BOTH.replace('"*"', '"{{ x }}"')}x: "{{ x }}" ]\n`,
      'Line 25 is not valid YAML: ',
    ],
    [
      'a Helm file with a condition',
      BOTH.replace('spec:', '{{- if .Values.on }}\nspec:').concat('{{- end }}\n'),
      'Line 6 is a template.',
    ],
    [
      'a Helm file that reads as YAML as far as its lists',
      BOTH.replace(/route:[\s\S]*/, 'route: {{ toYaml .Values.route | nindent 8 }}\n'),
      'Line 12 is a template.',
    ],
    [
      'a template as an item',
      BOTH.replace('- weight: 10', '- {{ .x }}\n        - weight: 10'),
      'Line 18 is a template.',
    ],
    [
      'an alias that nothing anchors',
      BOTH.replace('90', '*w'),
      'The document on line 1 cannot be read: unidentified alias "w".',
    ],
    [
      'an alias within itself',
      `${BOTH}x: &x [*x]\n`,
      'cannot be read: the alias *x is within its own anchor.',
    ],
    [
      'a placeholder as weight',
      BOTH.replace('90', '$STABLE'),
      'Line 17: tcp[0].route[0].weight is "$STABLE", which is not a whole number. If it is a placeholder',
    ],
    [
      'a weight that is octal to some',
      BOTH.replace('90', '090'),
      'The weight on line 17 is 090, which is not a whole number.',
    ],
    [
      'a weight in quotes',
      BOTH.replace('90', '"90"'),
      'Line 17: tcp[0].route[0].weight is "90", which is not a whole number. Write it',
    ],
    ['a weight without a value', BOTH.replace('90', ''), 'tcp[0].route[0].weight is null'],
    ['a weight with a fraction', BOTH.replace('90', '0.9'), 'tcp[0].route[0].weight is 0.9'],
    [
      'a weight that another line uses',
      BOTH.replace('90', '&w 90').replace('  tcp:', '  tcp:').concat('  x: *w\n'),
      'Line 17 has the anchor &w, which line 20 uses too',
    ],
    [
      'a list that another line uses',
      BOTH.replace('route:', 'route: &r').concat('  x: *r\n'),
      'has the anchor &r, which line 20 uses too, so an edit there would change both.',
    ],
    [
      'an alias in the place of a destination',
      BOTH.replace(
        '  tcp:',
        '  x: &i {weight: 10, destination: {host: a, subset: v2}}\n  tcp:',
      ).replace(/- weight: 10\n.*\n/, '- *i\n'),
      'Line 19 has the alias *i of the anchor on line 9',
    ],
    [
      'a rule that comes by a merge key',
      BOTH.replace(
        '    - match:',
        '    - <<: {route: [{destination: {host: a}}]}\n      match:',
      ).replace(/ {6}route:[\s\S]*/, ''),
      'The rule is merged into line 10 by a merge key (<<)',
    ],
    [
      'a key twice',
      BOTH.replace('weight: 90', 'weight: 90\n          weight: 90'),
      'Line 18 repeats the key weight in the same mapping.',
    ],
    ...['\u0085', '\u2028', '\u2029'].map((end): [string, string, string] => [
      `a line end of YAML 1.1 in a comment, U+${end.charCodeAt(0).toString(16)}`,
      BOTH.replace('of 100', `of 100${end}          weight: 80`),
      `Line 17 has the character U+${end.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}, which kubectl reads as a line break.`,
    ]),
    [
      'an empty spec behind the real one',
      `${BOTH}spec: {}\n`,
      'Line 20 repeats the key spec in the same mapping. Remove one of the two.',
    ],
    ['tcp twice', `${BOTH}  tcp: []\n`, 'Line 20 repeats the key tcp in the same mapping.'],
    [
      'a name twice, of which the last is another one',
      BOTH.replace('  namespace: demo', '  name: other\n  namespace: demo'),
      'Line 5 repeats the key name in the same mapping.',
    ],
    [
      'control flow of Helm in a comment',
      BOTH.replace('  tcp:', '  #{{- range .Values.ports }}\n  tcp:'),
      'Line 9 has control flow of a template in a comment. Helm and Jinja run it there too.',
    ],
    [
      'a name that is a number',
      BOTH.replace('namespace: demo', 'namespace: 123'),
      'Line 5: metadata.namespace is 123, which YAML reads as a number. Put it in quotes.',
    ],
    [
      'a weight larger than an int32',
      BOTH.replace('90', '3000000000'),
      'is 3000000000. Kubernetes accepts a weight of at most 2,147,483,647.',
    ],
    [
      'an empty item',
      manifest('        -\n        - destination: {host: a}\n'),
      'tcp[0].route[0] is empty, so weights cannot be set. Complete it or remove it.',
    ],
    [
      'a destination without host',
      manifest('        - destination: {host: a}\n        - weight: 1\n'),
      'tcp[0].route[1] has no destination.host',
    ],
    [
      'an object of another namespace',
      BOTH.replace('demo', 'shop'),
      'It has VirtualService shop/tcp',
    ],
    [
      'an object of another API group',
      BOTH.replace('networking.istio.io', 'gateway.solo.io'),
      'It has a VirtualService tcp-echo of another API group: gateway.solo.io, not networking.istio.io.',
    ],
    ['no object', '# nothing\n', 'The file has no VirtualService demo/tcp-echo. It has no object.'],
    ['an object twice', `${BOTH}---\n${BOTH}`, 'several times, on lines 1 and 21'],
    ['values of a chart', 'canary:\n  weight: 20\n', 'If these are values of a template'],
    [
      'a Kustomization with patches',
      'kind: Kustomization\napiVersion: kustomize.config.k8s.io/v1beta1\npatches: [{path: x.yaml}]\n',
      'It has no patch for it either. Write the patch as a VirtualService of its own',
    ],
    [
      'a Kustomization without its kind',
      'resources: [a.yaml]\n',
      'The file is a Kustomization, which has no VirtualService demo/tcp-echo of its own. Set manifest to the resource or patch file',
    ],
    [
      'operations of a JSON Patch',
      '- op: replace\n  path: /spec/tcp/0/route/0/weight\n  value: 80\n',
      'no Kustomization in its folder says that they are for VirtualService demo/tcp-echo.',
    ],
    [
      'aliases that amount to too much',
      `${BOTH}---\na: &a [x,x,x,x,x,x,x,x,x,x]\n${[...'bcdefghij'].map((c, i) => `${c}: &${c} [${Array(10).fill(`*${'abcdefghij'[i]}`).join(',')}]`).join('\n')}\n`,
      'its aliases expand to more than 1,000,000 values',
    ],
    [
      'what is nested too deep',
      BOTH.replace('"*"', `${'['.repeat(2000)}${']'.repeat(2000)}`),
      'nesting exceeded maxDepth',
    ],
  ])('%s', (_, text, says) => {
    expect(refusal(text)).toContain(says)
  })

  test('is edited in an object with an empty namespace, which counts as none', () => {
    const empty = (text: string) => text.replace('namespace: demo', 'namespace: ""')
    expect(withV2(empty(BOTH), 20)).toBe(empty(withV2(BOTH, 20)))
  })

  test.each(['{{ .Values.x }}', '{{/* a comment */}}'])(
    'is edited with a value of a template in a comment: %s',
    (action) => {
      const templated = (text: string) => text.replace('  tcp:', `  # ${action}\n  tcp:`)
      expect(withV2(templated(BOTH), 20)).toBe(templated(withV2(BOTH, 20)))
    },
  )

  test('is edited in the object with the namespace, not in one without', () => {
    const nameless = BOTH.replace('  namespace: demo\n', '')
    expect(withV2(nameless, 20)).toBe(withV2(BOTH, 20).replace('  namespace: demo\n', ''))
    expect(withV2(`${nameless}---\n${BOTH}`, 20)).toBe(`${nameless}---\n${withV2(BOTH, 20)}`)
  })
})

const blank = fc.constantFrom('', ' # a word: [', '   ')
const name = fc.constantFrom('v1', "'v1'", '"v1"')
const route = fc.record({
  name,
  blank,
  weight: fc.boolean(),
  flow: fc.boolean(),
  port: fc.boolean(),
})

test('A file of any style gets the weights in the fewest lines, and every other line stays', () => {
  fc.assert(
    fc.property(route, fc.integer({ min: 1, max: 99 }), (style, percent) => {
      const { blank: after, flow } = style
      const port = style.port ? ', port: {number: 9000}' : ''
      const destination = flow
        ? ` {host: a${port}, subset: ${style.name}}${after}\n`
        : `${after}\n            subset: ${style.name}${after}\n            host: a${after}\n`
      const weight = style.weight ? `          weight: 100${after}\n` : ''
      const text = manifest(`        - destination:${destination}${weight}        # end\n`)
      const lines = text.split('\n')
      const edited = withV2(text, percent).split('\n')
      const gone = lines.filter((line) => !edited.includes(line))
      expect(gone).toEqual(style.weight ? [`          weight: 100${after}`] : [])
      const added = flow ? 2 : 4
      expect(edited).toHaveLength(lines.length + added + (style.weight ? 0 : 1))
      const again = edit(edited.join('\n'), { kind: 'weight', subset: 'v2', percent })
      expect(again).toEqual({ ok: true, value: edited.join('\n') })
    }),
    { seed: 5 },
  )
})
