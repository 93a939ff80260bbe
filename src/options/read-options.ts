import { parseCommandLine } from './command-line.ts'
import { parseDurationMs } from './duration.ts'
import { parseEndpoint } from './endpoint.ts'
import { parseMapping } from './mapping.ts'
import { isNamespaceName, isObjectName } from './names.ts'
import type {
  ClusterSource,
  Expectation,
  KubeconfigSource,
  Mode,
  NamespacedName,
  Options,
  Probe,
  RouteSelector,
  Wanted,
} from './options.ts'
import { parsePayload } from './payload.ts'
import type { InputProblem } from './problem.ts'
import { OPTIONS, type Option } from './table.ts'

/** The text given for an option; undefined where it was not given. */
export type RawOptions = (name: string) => string | undefined

/**
 * Turns the texts of all options into `Options` and says everything that is wrong with them at
 * once. Where there are problems the options are not to be acted on. Touches no file, no network.
 */
export function readOptions(raw: RawOptions): { options: Options; problems: InputProblem[] } {
  const reader = startReading(raw)
  const mode: Mode = reader.oneOf('mode', ['shift', 'verify', 'plan'])
  const manifest = reader.given('manifest')
  const probing = mode === 'verify' || (mode === 'shift' && manifest === undefined)
  const steps = readSteps(reader)
  const options: Options = {
    mode,
    namespace: reader.name('namespace', isNamespaceName, 'a namespace name (RFC 1123 label)'),
    virtualService: reader.name('virtual-service', isObjectName, 'an object name (RFC 1123)'),
    route: readRoute(reader),
    wanted: readWanted(reader, mode),
    steps: mode === 'verify' ? [] : steps,
    stepIntervalMs: reader.duration('step-interval'),
    expect: readExpect(reader, probing),
    probe: readProbe(reader, probing),
    endpoint: readEndpoint(reader),
    gatewayService: readGatewayService(reader),
    connections: readConnections(reader),
    tolerancePoints: reader.number(
      'tolerance',
      (n) => n >= LEAST_TOLERANCE && n <= 100,
      `percentage points, more than 0 (${LEAST_TOLERANCE} at least) and at most 100`,
    ),
    confidencePercent:
      reader.number('confidence', (n) => n >= 50 && n <= 99.999, 'a percent from 50 to 99.999') ??
      99,
    concurrency:
      reader.number(
        'concurrency',
        (n) => Number.isInteger(n) && n >= 1 && n <= 256,
        'an integer from 1 to 256',
      ) ?? 16,
    ratePerSecond: reader.number('rate', (n) => n > 0, 'connections a second, more than 0'),
    probeTimeoutMs: reader.positiveDuration('probe-timeout'),
    propagationTimeoutMs: reader.duration('propagation-timeout'),
    timeoutMs: reader.positiveDuration('timeout'),
    onFailure: reader.oneOf('on-failure', ['rollback', 'keep']),
    ...readClusters(reader),
    manifest,
    report: reader.given('report'),
  }
  checkTogether(reader, options)
  return { options, problems: reader.problems }
}

/** Finer than any split that connections could be counted for. */
const LEAST_TOLERANCE = 0.001

type Reader = ReturnType<typeof startReading>

function startReading(raw: RawOptions) {
  const problems: InputProblem[] = []

  /** What was given, trimmed; undefined where nothing, or nothing but blanks, was. */
  function given(name: string): string | undefined {
    const text = raw(name)?.trim()
    return text === '' ? undefined : text
  }

  function wrong(input: string, got: string | undefined, wants: string): void {
    problems.push({ input, got, wants })
  }

  function givenOrDefault(name: string): string {
    return given(name) ?? defaultOf(name)
  }

  function oneOf<T extends string>(name: string, words: readonly [T, ...T[]]): T {
    const text = givenOrDefault(name)
    const word = words.find((candidate) => candidate === text)
    if (word === undefined) wrong(name, text, `one of ${words.join(', ')}`)
    return word ?? words[0]
  }

  function number(name: string, fits: (n: number) => boolean, wants: string): number | undefined {
    const text = given(name)
    if (text === undefined) return undefined
    const n = parseNumber(text)
    if (fits(n)) return n
    wrong(name, text, wants)
    return undefined
  }

  function duration(name: string): number {
    const text = givenOrDefault(name)
    const ms = parseDurationMs(text)
    if (ms === undefined) wrong(name, text, 'a duration such as 250ms, 5s, 2m or 1h, at most 596h')
    return ms ?? 0
  }

  function positiveDuration(name: string): number {
    const before = problems.length
    const ms = duration(name)
    if (ms === 0 && problems.length === before) wrong(name, given(name), 'a duration longer than 0')
    return ms
  }

  function name(option: string, fits: (text: string) => boolean, wants: string): string {
    const text = given(option)
    if (text === undefined || !fits(text)) wrong(option, text, wants)
    return text ?? ''
  }

  return {
    raw,
    problems,
    given,
    givenOrDefault,
    wrong,
    oneOf,
    number,
    duration,
    positiveDuration,
    name,
  }
}

/** Not a number where the text is none as people write it: hexadecimal and exponents are not meant. */
function parseNumber(text: string): number {
  return /^[+-]?(\d+\.?\d*|\.\d+)$/.test(text) ? Number(text) : Number.NaN
}

function defaultOf(name: string): string {
  const options: readonly Option[] = OPTIONS
  const text = options.find((option) => option.name === name)?.default
  if (text === undefined) throw new Error(`option ${name} has no default`)
  return text
}

function readRoute(reader: Reader): RouteSelector {
  const text = reader.given('route')
  if (text === undefined) return { kind: 'any' }
  const port = /^tcp(?::(\d{1,5}))?$/.exec(text)
  if (!port || Number(port[1] ?? 1) < 1 || Number(port[1] ?? 1) > 65535) {
    reader.wrong('route', text, 'tcp, or tcp:PORT with a port from 1 to 65535')
    return { kind: 'any' }
  }
  return { kind: 'tcp', port: port[1] === undefined ? undefined : Number(port[1]) }
}

const WEIGHT = 'an integer from 0 to 100'

function isWeight(n: number): boolean {
  return Number.isInteger(n) && n >= 0 && n <= 100
}

function readWanted(reader: Reader, mode: Mode): Wanted {
  const subset = reader.given('subset')
  const weightText = reader.given('weight')
  const weightsText = reader.given('weights')
  if (weightsText !== undefined) {
    if (weightText !== undefined)
      reader.wrong('weight', weightText, 'nothing where weights is given')
    if (subset !== undefined) reader.wrong('subset', subset, 'nothing where weights is given')
    return readWeights(reader, mode, weightsText)
  }
  const percent = reader.number('weight', isWeight, WEIGHT)
  if (weightText === undefined) {
    const current = mode === 'verify' ? ', or the word current' : ''
    reader.wrong(
      'weight',
      undefined,
      `${WEIGHT}; or give weights, a mapping of every destination to a percent${current}`,
    )
  }
  if (subset === undefined) reader.wrong('subset', undefined, 'the destination that weight is for')
  return { kind: 'weight', subset: subset ?? '', percent: percent ?? 0 }
}

function readWeights(reader: Reader, mode: Mode, text: string): Wanted {
  if (text === 'current' && mode === 'verify') return { kind: 'current' }
  const mapping = parseMapping(text)
  const percents: Record<string, number> = Object.create(null)
  if (!mapping || mapping.size === 0) {
    const current = mode === 'verify' ? ', or the word current' : ''
    reader.wrong('weights', text, `a YAML mapping such as {v1: 80, v2: 20}${current}`)
    return { kind: 'weights', percents }
  }
  let sum = 0
  for (const [destination, percentText] of mapping) {
    const percent = parseNumber(percentText.trim())
    if (!isWeight(percent)) reader.wrong(`weights.${destination}`, percentText, WEIGHT)
    percents[destination] = percent
    sum += percent
  }
  if (sum !== 100 && !Number.isNaN(sum)) {
    reader.wrong('weights', text, `percents that sum to 100; these sum to ${sum}`)
  }
  return { kind: 'weights', percents }
}

function readSteps(reader: Reader): number[] {
  const text = reader.given('steps')
  if (text === undefined) return []
  const steps: number[] = []
  for (const piece of text.split(/[\s,]+/).filter((part) => part !== '')) {
    const percent = parseNumber(piece.replace(/%$/, ''))
    if (isWeight(percent)) steps.push(percent)
    else reader.wrong('steps', piece, `each step ${WEIGHT}, separated by commas or spaces`)
  }
  if (reader.given('weights') !== undefined) {
    reader.wrong('steps', text, 'weight and subset; steps cannot go with weights')
  }
  return steps
}

function readExpect(reader: Reader, probing: boolean): Expectation[] {
  const text = reader.given('expect')
  const wants =
    'a YAML mapping of every destination to a regular expression, such as {v1: "^one", v2: "^two"}'
  if (text === undefined) {
    if (probing) reader.wrong('expect', undefined, wants)
    return []
  }
  const mapping = parseMapping(text)
  if (!mapping || mapping.size === 0) {
    reader.wrong('expect', text, wants)
    return []
  }
  const expectations: Expectation[] = []
  const firstWith = new Map<string, string>()
  for (const [destination, source] of mapping) {
    const twin = firstWith.get(source)
    if (twin !== undefined) {
      reader.wrong(
        `expect.${destination}`,
        source,
        `an expression of its own; ${twin} has the same, so no reply could be told apart`,
      )
    }
    firstWith.set(source, destination)
    try {
      expectations.push({ destination, pattern: new RegExp(source) })
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error)
      reader.wrong(`expect.${destination}`, source, `a regular expression that compiles (${why})`)
    }
  }
  return expectations
}

function readProbe(reader: Reader, probing: boolean): Probe {
  const kind = reader.oneOf('probe', ['tcp', 'command'])
  const replyUntil = reader.oneOf('reply-until', ['newline', 'match', 'close'])
  const commandLine = reader.given('probe-command')
  if (kind === 'command') {
    if (commandLine === undefined && probing) {
      reader.wrong('probe-command', undefined, 'a command line, because probe is command')
    } else if (commandLine !== undefined && !parseCommandLine(commandLine)) {
      reader.wrong('probe-command', commandLine, 'a command line whose quotes are closed')
    }
    return { kind: 'command', commandLine: commandLine ?? '' }
  }
  if (commandLine !== undefined)
    reader.wrong('probe-command', commandLine, 'probe: command beside it')
  // The payload is not trimmed and may be empty: blanks are bytes like others.
  const text = reader.raw('payload') ?? defaultOf('payload')
  const payload = parsePayload(text)
  if ('bad' in payload) {
    reader.wrong(
      'payload',
      text,
      `no other escapes than \\n \\r \\t \\xNN \\\\ (${payload.bad} is not one)`,
    )
    return { kind: 'tcp', payload: new Uint8Array(), replyUntil }
  }
  return { kind: 'tcp', payload: payload.bytes, replyUntil }
}

function readEndpoint(reader: Reader): Options['endpoint'] {
  const text = reader.given('endpoint')
  if (text === undefined) return undefined
  const endpoint = parseEndpoint(text)
  if (!endpoint) reader.wrong('endpoint', text, 'host:port or [IPv6 address]:port')
  return endpoint
}

function readGatewayService(reader: Reader): NamespacedName | undefined {
  const text = reader.given('gateway-service')
  if (text === undefined) return undefined
  const [namespace = '', name = '', ...rest] = text.split('/')
  if (rest.length > 0 || !isNamespaceName(namespace) || !isObjectName(name)) {
    reader.wrong('gateway-service', text, 'namespace/name')
  }
  return { namespace, name }
}

function readConnections(reader: Reader): number | 'auto' {
  if (reader.givenOrDefault('connections') === 'auto') return 'auto'
  return (
    reader.number(
      'connections',
      (n) => Number.isInteger(n) && n >= 1,
      'auto, or an integer of at least 1',
    ) ?? 'auto'
  )
}

function readClusters(reader: Reader): Pick<Options, 'cluster' | 'gatewayCluster'> {
  const kubeconfig = readKubeconfig(reader, 'kubeconfig')
  const gatewayKubeconfig = readKubeconfig(reader, 'gateway-kubeconfig')
  const context = reader.given('context')
  const gatewayContext = reader.given('gateway-context')
  const cluster: ClusterSource = { kubeconfig, context }
  if (gatewayKubeconfig.kind !== 'auto') {
    return { cluster, gatewayCluster: { kubeconfig: gatewayKubeconfig, context: gatewayContext } }
  }
  return { cluster, gatewayCluster: { kubeconfig, context: gatewayContext ?? context } }
}

/** Longer than any path is wide, and nothing but base64: an encoded kubeconfig. */
function isBase64(text: string): boolean {
  const encoded = text.replace(/\s+/g, '')
  return encoded.length > 255 && /^[A-Za-z0-9+/_-]+={0,2}$/.test(encoded)
}

function readKubeconfig(
  reader: Reader,
  name: 'kubeconfig' | 'gateway-kubeconfig',
): KubeconfigSource {
  const given = reader.raw(name) ?? defaultOf(name)
  // A path from a YAML block ends with a line feed, which does not make it a kubeconfig.
  const text = given.trim()
  if (text === '') {
    reader.wrong(
      name,
      '',
      'a path, the YAML itself, or auto; it was given but is empty, as a secret that does not exist is. Set the secret, or leave the input out',
    )
    return { kind: 'auto' }
  }
  if (text === 'auto') return { kind: 'auto' }
  if (isBase64(text)) {
    // Never echoed: it is all of the cluster's credentials.
    reader.wrong(
      name,
      undefined,
      'a path, the YAML itself, or auto; what was given looks base64-encoded. Decode it first (base64 --decode)',
    )
    return { kind: 'auto' }
  }
  if (/[\n{]|^apiVersion\s*:/.test(text)) return { kind: 'yaml', text: given }
  return { kind: 'path', path: text }
}

/** What only shows when several options are seen side by side. */
function checkTogether(reader: Reader, options: Options): void {
  const pausesMs = options.stepIntervalMs * options.steps.length
  if (pausesMs > 0 && pausesMs >= options.timeoutMs) {
    reader.wrong(
      'step-interval',
      reader.given('step-interval'),
      `pauses that fit into timeout: ${options.steps.length} of them take ${pausesMs} ms, timeout is ${options.timeoutMs} ms`,
    )
  }
  if (options.wanted.kind === 'weights' && options.expect.length > 0)
    checkExpectNames(reader, options.wanted.percents, options.expect)
}

function checkExpectNames(
  reader: Reader,
  percents: Readonly<Record<string, number>>,
  expect: readonly Expectation[],
): void {
  const expected = expect.map((expectation) => expectation.destination)
  const weighed = Object.keys(percents)
  // Weights that could not be read are a problem of their own.
  if (weighed.length === 0) return
  for (const name of weighed.filter((candidate) => !expected.includes(candidate))) {
    reader.wrong('expect', undefined, `an expression for ${name} too, which weights names`)
  }
  for (const name of expected.filter((candidate) => !weighed.includes(candidate))) {
    reader.wrong(
      `expect.${name}`,
      undefined,
      `a destination that weights names (${weighed.join(', ')})`,
    )
  }
}
