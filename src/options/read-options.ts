import { parseEndpoint } from '../kube/endpoint.ts'
import { isNamespaceName, isObjectName, type NamespacedName } from '../kube/names.ts'
import { checkTogether } from './check-together.ts'
import type { Mode, Options } from './options.ts'
import type { InputProblem } from './problem.ts'
import { readClusters } from './read-clusters.ts'
import { readExpect, readProbe } from './read-probe.ts'
import { readRoute } from './read-route.ts'
import { readSteps, readWanted } from './read-wanted.ts'
import { type RawOptions, type Reader, startReading } from './reader.ts'
import { isJournalMode, withoutUnsuited } from './unsuited.ts'

/**
 * Turns the texts of all options into `Options` and says everything that is wrong with them at
 * once. Where there are problems the options are not to be acted on. Touches no file, no network.
 */
export function readOptions(raw: RawOptions): { options: Options; problems: InputProblem[] } {
  const { mode, reader } = startReadingIn(raw)
  const manifest = reader.given('manifest')
  const probing = mode === 'verify' || (mode === 'shift' && manifest === undefined)
  const editsFile = manifest !== undefined && (mode === 'shift' || mode === 'plan')
  const steps = readSteps(reader)
  const options: Options = {
    mode,
    namespace: reader.name('namespace', isNamespaceName, NAMESPACE_NAME),
    virtualService: reader.name('virtual-service', isObjectName, OBJECT_NAME),
    route: readRoute(reader),
    wanted: isJournalMode(mode) ? { kind: 'current' } : readWanted(reader, mode),
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
    ...readClusters(reader, !editsFile),
    manifest: readManifest(reader),
    report: reader.given('report'),
  }
  checkTogether(reader, options)
  return { options, problems: reader.problems }
}

/** Begins with the mode, which decides over the other inputs. */
function startReadingIn(raw: RawOptions): { mode: Mode; reader: Reader } {
  const first = startReading(raw)
  const mode = first.oneOf('mode', ['shift', 'verify', 'plan', 'rollback', 'status'])
  const suited = withoutUnsuited(raw, mode)
  const reader = startReading(suited.raw)
  reader.problems.push(...first.problems, ...suited.problems)
  return { mode, reader }
}

const NAMESPACE_NAME =
  'the name of a namespace: lower-case letters, digits and dashes (RFC 1123 label)'
const OBJECT_NAME =
  'the name alone of a VirtualService: lower-case letters, digits, dashes and dots (RFC 1123)'

/** Finer than any split that connections could be counted for. */
const LEAST_TOLERANCE = 0.001

function readManifest(reader: Reader): string | undefined {
  const text = reader.given('manifest')
  if (text?.includes('\n'))
    reader.wrong('manifest', text, 'the path of a YAML file, not what is in it')
  return text
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
