import { describe, expect, test } from 'vitest'
import { inputTexts } from '../../kit/options/texts.ts'
import type { Options } from '../../src/options/options.ts'
import { readOptions } from '../../src/options/read-options.ts'
import { OPTIONS, type Option } from '../../src/options/table.ts'

type Given = Readonly<Record<string, string | undefined>>

const TUTORIAL = {
  namespace: 'demo',
  'virtual-service': 'tcp-echo',
  subset: 'v2',
  weight: '20',
  expect: '{v1: "^one", v2: "^two"}',
}

function read(changes: Given = {}) {
  const given: Given = { ...TUTORIAL, ...changes }
  return readOptions((name) => given[name])
}

/** The options of inputs in which nothing may be wrong. */
function optionsOf(changes: Given = {}): Options {
  const { options, problems } = read(changes)
  expect(inputTexts(problems)).toEqual([])
  return options
}

/** What is said to be wrong, one line a problem. */
function wrongWith(changes: Given): string[] {
  return inputTexts(read(changes).problems)
}

const WITHOUT_WEIGHT = { subset: undefined, weight: undefined }

test('the least that a shift needs leaves everything else at its default', () => {
  expect(optionsOf()).toEqual({
    mode: 'shift',
    namespace: 'demo',
    virtualService: 'tcp-echo',
    route: { kind: 'any' },
    wanted: { kind: 'weight', subset: 'v2', percent: 20 },
    steps: [],
    stepIntervalMs: 0,
    expect: [
      { destination: 'v1', pattern: /^one/ },
      { destination: 'v2', pattern: /^two/ },
    ],
    probe: { kind: 'tcp', payload: new TextEncoder().encode('hello\n'), replyUntil: 'newline' },
    endpoint: undefined,
    gatewayService: undefined,
    connections: 'auto',
    tolerancePoints: undefined,
    confidencePercent: 99,
    concurrency: 16,
    ratePerSecond: undefined,
    probeTimeoutMs: 5000,
    propagationTimeoutMs: 15_000,
    timeoutMs: 300_000,
    onFailure: 'rollback',
    cluster: { kubeconfig: { kind: 'auto' }, context: undefined },
    gatewayCluster: { kubeconfig: { kind: 'auto' }, context: undefined },
    report: undefined,
  })
})

test("every option's default of the table is what leaving it out means", () => {
  const options: readonly Option[] = OPTIONS
  const defaults = Object.fromEntries(options.map((option) => [option.name, option.default]))
  expect(optionsOf({ ...defaults, ...TUTORIAL })).toEqual(optionsOf())
})

test('empty and blank texts mean not given, except for payload and the kubeconfigs', () => {
  const options: readonly Option[] = OPTIONS
  const blank = (text: string) =>
    Object.fromEntries(options.filter((o) => !o.emptyCounts).map((o) => [o.name, text]))
  expect(optionsOf({ ...blank(''), ...TUTORIAL })).toEqual(optionsOf())
  expect(optionsOf({ ...blank(' \n'), ...TUTORIAL })).toEqual(optionsOf())
})

test('blanks around a text do not count', () => {
  expect(optionsOf({ namespace: ' demo\n', weight: ' 20 ', timeout: '\t5m ' })).toEqual(optionsOf())
})

test('every problem is reported at once, and names its input', () => {
  const wrong = wrongWith({
    mode: 'shove',
    namespace: 'De mo',
    'virtual-service': undefined,
    route: 'udp',
    subset: undefined,
    weight: 'eighty',
    steps: '5, x',
    'step-interval': 'soon',
    expect: '{v1: "("}',
    probe: 'icmp',
    payload: '\\q',
    'reply-until': 'never',
    endpoint: 'gateway',
    'gateway-service': 'gateway',
    connections: '0',
    tolerance: '0',
    confidence: '49',
    concurrency: '257',
    rate: '0',
    'probe-timeout': '0s',
    'propagation-timeout': '15',
    timeout: 'never',
    'on-failure': 'panic',
    kubeconfig: '',
    'gateway-kubeconfig': ' ',
  })
  expect(wrong.map((line) => /^[^:\s]*/.exec(line)?.[0]).sort()).toEqual(
    [
      'mode',
      'namespace',
      'virtual-service',
      'route',
      'subset',
      'weight',
      'steps',
      'step-interval',
      'expect.v1',
      'probe',
      'payload',
      'reply-until',
      'endpoint',
      'gateway-service',
      'connections',
      'tolerance',
      'confidence',
      'concurrency',
      'rate',
      'probe-timeout',
      'propagation-timeout',
      'timeout',
      'on-failure',
      'kubeconfig',
      'gateway-kubeconfig',
    ].sort(),
  )
  for (const line of wrong) expect(line).toMatch(/^[a-z.0-9-]+(?:: | must be | is |, ).*[.?]$/)
})

describe('mode', () => {
  test.each(['rollback', 'status'])(
    'is %s with the object alone, and with the defaults that the runner hands over',
    (mode) => {
      const { namespace, 'virtual-service': object } = TUTORIAL
      const given: Given = {
        mode,
        namespace,
        'virtual-service': object,
        probe: 'tcp',
        confidence: '99',
      }
      const { options, problems } = readOptions((name) => given[name])
      expect(problems).toEqual([])
      expect(options).toMatchObject({ mode, namespace, virtualService: object, expect: [] })
    },
  )

  test.each(['rollback', 'status'])(
    'refuses with %s every input that is about weights, samples or files, and echoes none',
    (mode) => {
      const options: readonly Option[] = OPTIONS
      const unsuited = options.filter(({ modes }) => !modes.includes(mode as 'rollback'))
      const given = Object.fromEntries(unsuited.map(({ name }) => [name, 'a value']))
      expect(wrongWith({ ...given, mode })).toEqual(
        unsuited.map(({ name }) => `${name} cannot be combined with mode: ${mode}.`),
      )
      expect(unsuited.map(({ name }) => name)).toEqual(
        expect.arrayContaining(['weight', 'expect', 'manifest', 'on-failure', 'steps']),
      )
    },
  )

  test.each(['shift', 'verify', 'plan'])('may be %s', (mode) => {
    expect(optionsOf({ mode }).mode).toBe(mode)
  })

  test('else lists what it may be', () => {
    expect(wrongWith({ mode: 'Shift' })).toEqual([
      'mode must be shift, verify, plan, rollback or status, not "Shift". Did you mean shift?',
    ])
  })
})

describe('names', () => {
  test.each([
    ['namespace', 'de.mo'],
    ['namespace', `${'a'.repeat(64)}`],
    ['virtual-service', 'tcp_echo'],
    ['virtual-service', '../secrets/token'],
  ])('%s may not be %s', (input, text) => {
    const [line] = wrongWith({ [input]: text })
    expect(line).toContain(`${input} must be`)
    expect(line).toContain(`, not "${text}".`)
    expect(line).toContain('RFC 1123')
  })

  test('that are missing are asked for', () => {
    expect(wrongWith({ namespace: undefined, 'virtual-service': '' })).toEqual([
      'namespace is required.',
      'virtual-service is required.',
    ])
  })
})

test('manifest is a path, not what the file has', () => {
  expect(optionsOf({ manifest: 'deploy/route.yaml' }).manifest).toBe('deploy/route.yaml')
  expect(wrongWith({ manifest: 'kind: VirtualService\nmetadata: {}\n' })).toEqual([
    expect.stringMatching(
      /^manifest must be the path of a YAML file, not the content of the file, /,
    ),
  ])
})

describe('route', () => {
  test.each([
    ['tcp', { kind: 'tcp', port: undefined }],
    ['tcp:1', { kind: 'tcp', port: 1 }],
    ['tcp:31400', { kind: 'tcp', port: 31400 }],
    ['tcp:65535', { kind: 'tcp', port: 65535 }],
    ['tcp[0]', { kind: 'tcp', port: undefined, index: 0 }],
    ['tcp[12]', { kind: 'tcp', port: undefined, index: 12 }],
    // No rules that can be shifted yet, which the run says when it has looked at the object.
    ['http', { kind: 'http', text: 'http' }],
    ['http:a name', { kind: 'http', text: 'http:a name' }],
    ['tls:a.example:1', { kind: 'tls', text: 'tls:a.example:1' }],
    ['tls[3]', { kind: 'tls', text: 'tls[3]' }],
  ])('%s means an entry', (route, meant) => {
    expect(optionsOf({ route }).route).toEqual(meant)
  })

  test.each([
    'tcp:0',
    'tcp:65536',
    'tcp:',
    'tcp:x',
    'http:',
    'tcp[x]',
    'tcp[-1]',
    'tcp[]',
    '31400',
    'TCP',
  ])('%s means none', (route) => {
    expect(wrongWith({ route })).toEqual([
      `route must be tcp, tcp:PORT with a port from 1 to 65535, or tcp[I] with the position of the rule, counted from 0, not "${route}".`,
    ])
  })
})

describe('weight with subset', () => {
  test.each([
    ['0', 0],
    ['100', 100],
    ['7', 7],
    ['20.0', 20],
  ])('%s is a percent', (weight, percent) => {
    expect(optionsOf({ weight }).wanted).toEqual({ kind: 'weight', subset: 'v2', percent })
  })

  test('a percent sign is one too many', () => {
    const must = 'must be an integer from 0 to 100, without a percent sign'
    expect(wrongWith({ weight: '20%' })).toEqual([`weight ${must}, not "20%".`])
    expect(wrongWith({ ...WITHOUT_WEIGHT, weights: '{v1: 80%, v2: 20}' })).toEqual([
      `weights.v1 ${must}, not "80%".`,
    ])
  })

  test.each(['-1', '101', '12.5', '0x14', '2e1', 'NaN', 'Infinity', '1 0'])(
    '%s is none',
    (weight) => {
      expect(wrongWith({ weight })).toEqual([
        `weight must be an integer from 0 to 100, not "${weight}".`,
      ])
    },
  )

  test('needs the subset, and the subset needs the weight', () => {
    expect(wrongWith({ subset: undefined })).toEqual(['subset is required with weight.'])
    expect(wrongWith({ weight: undefined })).toEqual([
      'weight is required with subset. Or use weights: a mapping of every destination to a percent.',
    ])
    expect(wrongWith(WITHOUT_WEIGHT)).toEqual([
      'weight and subset are required. Or use weights: a mapping of every destination to a percent.',
    ])
  })

  test('may name a destination by host, port and subset', () => {
    const subset = 'tcp-echo.demo.svc.cluster.local/v2'
    expect(optionsOf({ subset }).wanted).toMatchObject({ subset })
  })
})

describe('weights', () => {
  const weights = (text: string, more: Given = {}) => ({
    ...WITHOUT_WEIGHT,
    weights: text,
    ...more,
  })

  test('is a mapping of every destination to a percent, 100 in all', () => {
    expect(optionsOf(weights('{v1: 80, v2: 20}')).wanted).toEqual({
      kind: 'weights',
      percents: { v1: 80, v2: 20 },
    })
    expect(optionsOf(weights('v1: "100"\nv2: 0')).wanted).toEqual({
      kind: 'weights',
      percents: { v1: 100, v2: 0 },
    })
  })

  test.each([
    ['{v1: 80, v2: 21}', 101],
    ['{v1: 80, v2: 19}', 99],
    ['{v1: 0, v2: 0}', 0],
  ])('%s does not sum to 100', (text, sum) => {
    expect(wrongWith(weights(text))).toEqual([
      `weights must add up to 100. ${text} adds up to ${sum}.`,
    ])
  })

  test('names each percent that is none, even where the sum is 100', () => {
    expect(wrongWith(weights('{v1: 120, v2: -20}'))).toEqual([
      'weights.v1 must be an integer from 0 to 100, not "120".',
      'weights.v2 must be an integer from 0 to 100, not "-20".',
    ])
    expect(wrongWith(weights('{v1: 79.5, v2: 20.5}'))).toHaveLength(2)
    expect(wrongWith(weights('{v1: eighty, v2: 20}'))).toEqual([
      'weights.v1 must be an integer from 0 to 100, not "eighty".',
    ])
    expect(wrongWith(weights('{v1: "", v2: 100}'))).toEqual([
      'weights.v1 must be an integer from 0 to 100, not "".',
    ])
  })

  test.each(['20', '{}', '[80, 20]', '{v1: 80', 'v1:80'])(
    '%s is no mapping of percents',
    (text) => {
      expect(wrongWith(weights(text))).toEqual([
        expect.stringMatching(
          /^weights must be a YAML mapping such as {v1: 80, v2: 20}, not ".*"\. .+\.$/,
        ),
      ])
    },
  )

  test('a name that stands twice in expect is said to', () => {
    expect(wrongWith({ expect: 'v1: ^one\nv2: ^two\nv2: ^zwei' })[0]).toMatch(
      /^expect must .* It is not valid YAML: duplicated mapping key \(3:\d+\)\.$/,
    )
  })

  test('that do not sum to 100 are not held against expect: the missing one may be there', () => {
    expect(wrongWith(weights('{v2: 20}'))).toEqual([
      'weights must add up to 100. {v2: 20} adds up to 20.',
    ])
  })

  test('stands alone: weight, subset and steps beside it are refused', () => {
    const wrong = wrongWith({ weights: '{v1: 80, v2: 20}', steps: '5' })
    expect(wrong).toEqual([
      'steps cannot be combined with weights. Use weight and subset.',
      'weights cannot be combined with weight and subset. Use one or the other.',
    ])
  })

  test('is the word current in verify, and there only', () => {
    expect(optionsOf(weights('current', { mode: 'verify' })).wanted).toEqual({ kind: 'current' })
    expect(wrongWith(weights('current'))).toHaveLength(1)
    expect(wrongWith(weights('now', { mode: 'verify' }))).toHaveLength(1)
    expect(wrongWith({ ...WITHOUT_WEIGHT, mode: 'verify' })[0]).toContain('or the word current')
  })

  test('asks of a misspelt name in expect which was meant', () => {
    const [, wrong] = wrongWith(
      weights('{stable: 80, canary: 20}', { expect: '{stable: "^one", canray: "^two"}' }),
    )
    expect(wrong).toBe(
      'expect names canray, which weights does not name. weights has: stable, canary. Did you mean canary?',
    )
  })

  test('and expect must name the same destinations', () => {
    expect(wrongWith(weights('{v1: 80, v3: 20}'))).toEqual([
      'expect has no expression for v3, which weights names.',
      'expect names v2, which weights does not name. weights has: v1, v3.',
    ])
  })

  test('may name a destination like a property that every object has', () => {
    const expectThem = { expect: '{constructor: a, __proto__: b}' }
    const { wanted } = optionsOf(weights('{constructor: 60, __proto__: 40}', expectThem))
    expect(wanted.kind === 'weights' && Object.entries(wanted.percents)).toEqual([
      ['constructor', 60],
      ['__proto__', 40],
    ])
  })
})

describe('destination', () => {
  test('is another name for subset', () => {
    expect(optionsOf({ subset: undefined, destination: 'v2' })).toEqual(optionsOf())
    expect(optionsOf({ destination: 'v2' })).toEqual(optionsOf())
    expect(optionsOf({ destination: ' ' })).toEqual(optionsOf())
  })

  test('cannot have another value than subset', () => {
    expect(wrongWith({ destination: 'v3' })).toEqual([
      'subset and destination are two names of one input, but have different values: "v2" and "v3". Use one of them.',
    ])
  })

  test('is refused with a mode that takes no weights', () => {
    expect(
      wrongWith({ ...WITHOUT_WEIGHT, expect: undefined, mode: 'status', destination: 'v2' }),
    ).toEqual(['destination cannot be combined with mode: status.'])
  })
})

describe('steps', () => {
  test.each([
    ['5,10,50', [5, 10, 50]],
    ['5 10 50', [5, 10, 50]],
    [' 5,\n10 ,, 50 ', [5, 10, 50]],
    ['5%, 10%', [5, 10]],
    ['50, 5', [50, 5]],
  ])('%j is percents in that order', (steps, percents) => {
    expect(optionsOf({ steps }).steps).toEqual(percents)
  })

  test('names every piece that is no percent, in one line', () => {
    expect(wrongWith({ steps: '5, ten, 101, 0x10, ten' })).toEqual([
      'steps must be integers from 0 to 100, separated by commas or spaces, such as 5, 25, 50. "5, ten, 101, 0x10, ten" has "ten", "101", "0x10".',
    ])
    expect(wrongWith({ steps: '- 5\n- 10' })).toHaveLength(1)
  })

  test('mean nothing to verify, which proves what is there', () => {
    expect(optionsOf({ mode: 'verify', steps: '5, 10' }).steps).toEqual([])
  })

  test('with their pauses must fit into the timeout', () => {
    expect(optionsOf({ steps: '5,10', 'step-interval': '1m' }).stepIntervalMs).toBe(60_000)
    expect(wrongWith({ steps: '5,10', 'step-interval': '150s' })).toEqual([
      'step-interval: the pauses between the steps add up to 300 s, and timeout is 300 s. Use a longer timeout or a shorter step-interval.',
    ])
    expect(wrongWith({ 'step-interval': '10m' })).toEqual([])
  })
})

describe('expect', () => {
  test('is needed to open connections, and not to plan', () => {
    expect(wrongWith({ expect: undefined })).toEqual([
      expect.stringMatching(/^expect is required\. /),
    ])
    expect(wrongWith({ mode: 'verify', expect: '' })).toHaveLength(1)
    expect(optionsOf({ mode: 'plan', expect: undefined }).expect).toEqual([])
  })

  test('is unanchored regular expressions in the order in which they stand', () => {
    const [second, first] = optionsOf({ expect: '{v2: two, v1: "^one$"}' }).expect
    expect(second).toMatchObject({ destination: 'v2', pattern: { source: 'two' } })
    expect(first).toMatchObject({ destination: 'v1', pattern: { source: '^one$' } })
  })

  test('names each expression that does not compile, and why', () => {
    expect(wrongWith({ expect: '{v1: "(", v2: "[z-a]"}' })).toEqual([
      expect.stringMatching(/^expect\.v1: "\(" is not a regular expression \(.+\)\.$/),
      expect.stringMatching(/^expect\.v2: "\[z-a\]" is not a regular expression/),
    ])
  })

  test('refuses the same expression for two destinations', () => {
    expect(wrongWith({ expect: '{v1: "^one", v2: "^one"}' })).toEqual([
      'expect: v1 and v2 have the same expression, "^one", so their replies cannot be distinguished.',
    ])
  })

  test.each(['^one', '{}', '[a, b]', '{v1: {a: b}}'])('refuses %s, which is no mapping', (text) => {
    expect(wrongWith({ expect: text })).toEqual([
      expect.stringMatching(
        /^expect must be a YAML mapping of every destination to a regular .*, not ".*"\. .+\.$/,
      ),
    ])
  })
})

describe('probe', () => {
  const bytes = (payload: string | undefined) => {
    const { probe } = optionsOf({ payload })
    return probe.kind === 'tcp' ? Buffer.from(probe.payload).toString('latin1') : undefined
  }

  test('tcp sends the payload as it is written, blanks included', () => {
    expect(bytes(undefined)).toBe('hello\n')
    expect(bytes('\\x00\\xff\\r\\n')).toBe('\x00\xff\r\n')
    expect(bytes(' a ')).toBe(' a ')
  })

  test('tcp sends nothing where payload is given and empty', () => {
    expect(bytes('')).toBe('')
  })

  test('payload names an escape that does not exist', () => {
    expect(wrongWith({ payload: 'a\\0' })).toEqual([
      'payload: "a\\\\0" has the escape \\0, which does not exist. Use \\n, \\r, \\t, \\xNN or \\\\.',
    ])
  })

  test.each(['newline', 'match', 'close', 'half-close'])('reply-until may be %s', (replyUntil) => {
    expect(optionsOf({ 'reply-until': replyUntil }).probe).toMatchObject({ replyUntil })
  })

  test('command needs the command, and the command needs it', () => {
    const command = { probe: 'command', 'probe-command': "sh -c 'nc -w 2 $PROBE_HOST 9000'" }
    expect(optionsOf(command).probe).toEqual({
      kind: 'command',
      commandLine: "sh -c 'nc -w 2 $PROBE_HOST 9000'",
    })
    expect(wrongWith({ probe: 'command' })).toEqual([
      'probe-command is required with probe: command.',
    ])
    expect(wrongWith({ probe: 'command', 'probe-command': 'say "a' })).toEqual([
      'probe-command must be a command line in which every quote is closed, not "say \\"a".',
    ])
    expect(wrongWith({ ...command, 'probe-command': 'nc $PROBE_HOST 9000' })).toEqual([
      'probe-command: "nc $PROBE_HOST 9000" is not run by a shell, so $PROBE_HOST has no special meaning. Write sh -c \'...\' around it.',
    ])
    expect(wrongWith({ ...command, 'probe-command': 'echo a | nc h 1' })).toHaveLength(1)
    expect(wrongWith({ ...command, 'probe-command': 'grep a|b f' })).toEqual([])
    expect(wrongWith({ ...command, 'probe-command': 'nc "$PROBE_HOST" 1' })).toHaveLength(1)
    for (const text of ["client --fields '|' a", 'client "a && b"', "su -c 'nc $PROBE_HOST 1'"])
      expect(wrongWith({ ...command, 'probe-command': text })).toEqual([])
    expect(wrongWith({ 'probe-command': 'nc' })).toEqual([
      'probe-command is only used with probe: command. Add it, or remove probe-command.',
    ])
    expect(wrongWith({ mode: 'plan', probe: 'command' })).toEqual([])
  })

  test('may be nothing else yet', () => {
    expect(wrongWith({ probe: 'http' })).toEqual(['probe must be tcp or command, not "http".'])
  })
})

describe('numbers', () => {
  test.each([
    ['connections', '1', { connections: 1 }],
    ['connections', '100000', { connections: 100_000 }],
    ['connections', 'auto', { connections: 'auto' }],
    ['tolerance', '0.5', { tolerancePoints: 0.5 }],
    ['tolerance', '0.001', { tolerancePoints: 0.001 }],
    ['tolerance', '100', { tolerancePoints: 100 }],
    ['confidence', '50', { confidencePercent: 50 }],
    ['confidence', '99.999', { confidencePercent: 99.999 }],
    ['concurrency', '1', { concurrency: 1 }],
    ['concurrency', '256', { concurrency: 256 }],
    ['rate', '0.5', { ratePerSecond: 0.5 }],
    ['rate', '2000', { ratePerSecond: 2000 }],
  ])('%s may be %s', (input, text, options) => {
    expect(optionsOf({ [input]: text })).toMatchObject(options)
  })

  test.each([
    ['connections', '0', 'auto or an integer of at least 1'],
    ['connections', '1.5', 'auto or an integer of at least 1'],
    ['connections', 'Auto', 'auto or an integer of at least 1'],
    ['tolerance', '0.0009', 'percentage points from 0.001 to 100'],
    ['tolerance', '0', 'percentage points from 0.001 to 100'],
    ['tolerance', '-1', 'percentage points from 0.001 to 100'],
    ['tolerance', '5%', 'percentage points from 0.001 to 100'],
    ['confidence', '49.9', 'a percent from 50 to 99.999'],
    ['confidence', '100', 'a percent from 50 to 99.999'],
    ['confidence', '0.99', 'a percent from 50 to 99.999'],
    ['concurrency', '0', 'an integer from 1 to 256'],
    ['concurrency', '257', 'an integer from 1 to 256'],
    ['concurrency', '8.5', 'an integer from 1 to 256'],
    ['rate', '0', 'a number of connections per second greater than 0'],
    ['rate', '100/s', 'a number of connections per second greater than 0'],
  ])('%s may not be %s', (input, text, must) => {
    expect(wrongWith({ [input]: text })).toEqual([`${input} must be ${must}, not "${text}".`])
  })
})

describe('durations', () => {
  test.each([
    ['step-interval', 'stepIntervalMs'],
    ['probe-timeout', 'probeTimeoutMs'],
    ['propagation-timeout', 'propagationTimeoutMs'],
    ['timeout', 'timeoutMs'],
  ])('%s is read as milliseconds', (input, option) => {
    expect(optionsOf({ [input]: '250ms' })).toMatchObject({ [option]: 250 })
    expect(optionsOf({ [input]: '2m' })).toMatchObject({ [option]: 120_000 })
    expect(wrongWith({ [input]: '5' })).toEqual([
      `${input}: "5" has no unit. Did you mean 5s or 5m?`,
    ])
    expect(wrongWith({ [input]: '-5s' })).toEqual([
      `${input} must be a duration such as 250ms, 5s, 2m or 1h, and at most 596h, not "-5s".`,
    ])
  })

  test.each(['probe-timeout', 'timeout'])('%s may not be nothing', (input) => {
    expect(wrongWith({ [input]: '0ms' })).toEqual([`${input} must be longer than 0, not "0ms".`])
  })

  test.each(['step-interval', 'propagation-timeout'])('%s may be nothing', (input) => {
    optionsOf({ [input]: '0s' })
  })
})

describe('where to connect', () => {
  test('endpoint is a host and a port', () => {
    expect(optionsOf({ endpoint: '[::1]:31400' }).endpoint).toEqual({ host: '::1', port: 31400 })
    expect(wrongWith({ endpoint: '::1:31400' })).toEqual([
      'endpoint must be host:port or [IPv6 address]:port, with a port from 1 to 65535, not "::1:31400".',
    ])
  })

  test('gateway-service is a namespace and a name', () => {
    expect(optionsOf({ 'gateway-service': 'istio-system/istio-ingress' }).gatewayService).toEqual({
      namespace: 'istio-system',
      name: 'istio-ingress',
    })
  })

  test.each(['gateway', 'a/b/c', '/b', 'a/', 'A/b', 'a/b_c', '../b'])(
    'gateway-service may not be %s',
    (text) => {
      expect(wrongWith({ 'gateway-service': text })).toEqual([
        `gateway-service must be namespace/name, not "${text}".`,
      ])
    },
  )
})

describe('kubeconfig', () => {
  const YAML = 'apiVersion: v1\nkind: Config\n'

  test.each([
    ['/etc/kubeconfig', { kind: 'path', path: '/etc/kubeconfig' }],
    ['/etc/kubeconfig\n', { kind: 'path', path: '/etc/kubeconfig' }],
    [YAML, { kind: 'yaml', text: YAML }],
    [`  a: 1\n  b: 2\n`, { kind: 'yaml', text: `  a: 1\n  b: 2\n` }],
    ['{"apiVersion":"v1"}', { kind: 'yaml', text: '{"apiVersion":"v1"}' }],
    ['apiVersion: v1', { kind: 'yaml', text: 'apiVersion: v1' }],
    ['auto', { kind: 'auto' }],
    [' auto\n', { kind: 'auto' }],
  ])('%j is told for what it is', (kubeconfig, source) => {
    expect(optionsOf({ kubeconfig }).cluster.kubeconfig).toEqual(source)
  })

  test.each(['kubeconfig', 'gateway-kubeconfig'])(
    '%s that is given but empty is an error, never another cluster',
    (input) => {
      for (const text of ['', ' ', '\n']) {
        expect(wrongWith({ [input]: text })).toEqual([
          expect.stringMatching(new RegExp(`^${input} is empty\\. A secret that does not exist`)),
        ])
      }
    },
  )

  test('serves the gateway too, with its context, where that has none of its own', () => {
    const { cluster, gatewayCluster } = optionsOf({ kubeconfig: '/a', context: 'one' })
    expect(cluster).toEqual({ kubeconfig: { kind: 'path', path: '/a' }, context: 'one' })
    expect(gatewayCluster).toEqual(cluster)
    expect(
      optionsOf({ kubeconfig: '/a', context: 'one', 'gateway-context': 'two' }).gatewayCluster,
    ).toEqual({ kubeconfig: { kind: 'path', path: '/a' }, context: 'two' })
  })

  test("does not lend its context to the gateway's own kubeconfig", () => {
    const given = { kubeconfig: '/a', context: 'one', 'gateway-kubeconfig': '/b' }
    expect(optionsOf(given).gatewayCluster).toEqual({
      kubeconfig: { kind: 'path', path: '/b' },
      context: undefined,
    })
    expect(optionsOf({ ...given, 'gateway-context': 'two' }).gatewayCluster.context).toBe('two')
  })
})

test('report is a folder', () => {
  expect(optionsOf({ report: 'out/report' }).report).toBe('out/report')
})
