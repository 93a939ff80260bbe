import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { edit, manifest, refusal, withV2 } from './support/edit.ts'

const BOTH = manifest(`        # stable
        - destination: # where most go
            host: tcp-echo
            subset: v1
          weight: 90   # of 100
        - weight: 10
          destination: {host: "tcp-echo", subset: 'v2'}
`)

describe('a weight that is written', () => {
  test('is exchanged for the new one, and nothing else is', () => {
    expect(withV2(BOTH, 20)).toBe(
      BOTH.replace('weight: 90', 'weight: 80').replace('weight: 10', 'weight: 20'),
    )
  })

  test('stays where it stands in a file with line ends of Windows and a byte order mark', () => {
    const windows = (text: string) => `\uFEFF${text.replaceAll('\n', '\r\n')}`
    expect(withV2(windows(BOTH), 20)).toBe(windows(withV2(BOTH, 20)))
  })

  test('is exchanged in the one document of several that is meant', () => {
    const others = (text: string) =>
      `# all of it\n---\n${BOTH.replace('tcp-echo\n', 'other\n')}---\n${text}...\n---\nkind: ConfigMap\ndata: |\n  weight: 90\n`
    expect(withV2(others(BOTH), 20)).toBe(others(withV2(BOTH, 20)))
  })

  test('is exchanged within a List, as kubectl get writes it', () => {
    const listed = (text: string) =>
      `apiVersion: v1\nkind: List\nitems:\n- kind: Pod\n- ${text.trimEnd().replaceAll('\n', '\n  ')}\n`
    expect(withV2(listed(BOTH), 20)).toBe(listed(withV2(BOTH, 20)))
  })

  test('is exchanged in JSON, which is YAML too', () => {
    const json = (v1: number, v2: number) =>
      `{"apiVersion":"networking.istio.io/v1","kind":"VirtualService","metadata":{"name":"tcp-echo"},"spec":{"tcp":[{"route":[{"destination":{"host":"a","subset":"v1"},"weight":${v1}},{"destination":{"host":"a","subset":"v2"},"weight":${v2}}]}]}}`
    expect(withV2(json(90, 10), 20)).toBe(json(80, 20))
  })

  test('does not keep another list with the same routes from staying as it is', () => {
    const twice = BOTH.replace('  tcp:', '  x-same: &x\n    - 1\n  tcp:').replace(
      '  tcp:',
      `  http:\n    - route:\n        - destination: {host: tcp-echo, subset: v1}\n          weight: 90\n        - weight: 10\n          destination: {host: tcp-echo, subset: v2}\n  tcp:`,
    )
    expect(withV2(twice, 20).match(/weight: 90/g)).toHaveLength(1)
  })
})

describe('a destination that is not there', () => {
  test('is added in the style of the one it is modelled on, without its comments', () => {
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

  test('is added to JSON on lines of their own, with its quotes', () => {
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
      '        -\n          destination:\n            host: a\n          weight: 80\n        -\n          destination:\n            host: a\n            subset: v2\n          weight: 20\n',
    ],
    [
      'wide dashes',
      '        -   destination: {host: a}\n',
      '        -   destination: {host: a}\n            weight: 80\n        -   destination: {host: a, subset: v2}\n            weight: 20\n',
    ],
    [
      'a folded text',
      '        - weight: 100\n          destination:\n            host: >-\n              a\n\n',
      '        - weight: 80\n          destination:\n            host: >-\n              a\n        - weight: 20\n          destination:\n            host: >-\n              a\n            subset: v2\n\n',
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

describe('refused, in words that say what to do and where', () => {
  test.each([
    ['a template', BOTH.replace('90', '{{ .Values.stable }}'), 'not a template ({{ ... }})'],
    ['a template of Jinja', BOTH.replace('# stable', '{% if x %}'), 'not a template'],
    ['a quoted template', BOTH.replace("'v2'", "'{{ x }}'"), 'not a template'],
    ['what is no YAML', `${BOTH}\n\t- x: [`, 'a file of YAML ('],
    ['a placeholder as weight', BOTH.replace('90', '$STABLE'), 'whole numbers as weights; line 17'],
    [
      'a weight that is octal to some',
      BOTH.replace('90', '090'),
      'whole numbers as weights; line 17',
    ],
    ['a weight in quotes', BOTH.replace('90', '"90"'), 'whole numbers as weights; line 17'],
    ['a weight without a value', BOTH.replace('90', ''), 'whole numbers as weights; line 17'],
    ['an anchored weight', BOTH.replace('90', '&w 90'), 'without anchors, aliases and merge keys'],
    ['an anchored list', BOTH.replace('route:', 'route: &r'), 'there is one in line 14'],
    [
      'an alias',
      BOTH.replace('  tcp:', '  x: &v2 {host: "tcp-echo", subset: v2}\n  tcp:').replace(
        /\{host: "tcp-echo", subset: 'v2'\}/,
        '*v2',
      ),
      'there is one in line 20',
    ],
    [
      'a merge key',
      BOTH.replace('    - match:', '    - <<: {x: 1}\n      match:'),
      'there is one in line 10',
    ],
    [
      'what is laid out oddly',
      manifest('        - # first\n          destination: {host: a}\n'),
      'a plainer layout: the route list in line 13',
    ],
    [
      'a list of other things',
      manifest('        - x\n        - destination: {host: a}\n'),
      'a route list of mappings',
    ],
    ['another object', BOTH.replace('demo', 'shop'), 'it has VirtualService shop/tcp-echo'],
    ['no object', '# nothing\n', 'it has no object'],
    ['an object twice', `${BOTH}---\n${BOTH}`, 'there are several, in lines 1 and 21'],
  ])('%s', (_, text, says) => {
    expect(refusal(text)).toContain(says)
  })

  test('an object that names no namespace stands back behind one that does', () => {
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

test('whatever its style, a file gets the weights in the fewest lines, and every other line stays', () => {
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
      expect(again).toEqual({ ok: true, text: edited.join('\n') })
    }),
    { seed: 5 },
  )
})
