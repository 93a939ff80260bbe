import { parseCommandLine } from '../../evidence/probe/command/command-line.ts'
import { PROBE_KINDS, type ProbeSettings } from '../../evidence/probe/probes.ts'
import type { ReplyUntil } from '../../evidence/probe/reply-reader.ts'
import { type Endpoint, parseEndpoint } from '../../kube/endpoint.ts'
import { isNamespaceName, isObjectName, type NamespacedName } from '../../kube/names.ts'
import { type Given, option, PROBING } from '../option.ts'
import { parsePayload } from '../parse/payload.ts'
import { numberThat, oneOf, positiveDuration } from '../parsers.ts'
import type { Reader } from '../reader.ts'

const PROBE = option<ProbeSettings['kind']>({
  name: 'probe',
  type: 'tcp or command',
  placeholder: 'tcp|command',
  default: 'tcp',
  text: 'How each connection is made.',
  modes: PROBING,
  parse: oneOf(...PROBE_KINDS),
})

const PROBE_COMMAND = option({
  name: 'probe-command',
  type: 'command line',
  placeholder: 'COMMAND',
  brief:
    'For --probe command. Runs once per connection, without a shell, with PROBE_HOST and PROBE_PORT set.',
  text: "Only with probe: command. The command runs once per connection, with PROBE_HOST and PROBE_PORT set. The reply is its standard output without the final line break. No shell runs it; for shell syntax write sh -c '...'.",
  modes: PROBING,
  parse: readCommand,
})

const PAYLOAD = option<Uint8Array>({
  name: 'payload',
  type: 'text with \\n \\r \\t \\xNN \\\\ escapes',
  placeholder: 'TEXT',
  default: 'hello\\n',
  text: 'What each connection sends. Empty: the server speaks first.',
  modes: PROBING,
  emptyCounts: true,
  parse: readPayload,
})

const REPLY_UNTIL = option<ReplyUntil>({
  name: 'reply-until',
  type: 'newline, match, close or half-close',
  placeholder: 'newline|match|close|half-close',
  default: 'newline',
  brief:
    'When a reply is complete: at its first line feed, as soon as one expectation matches, or when the server closes.',
  text: 'When a reply is complete. newline: at its first line feed. match: as soon as exactly one expectation matches. close: when the server closes the connection. half-close: like close, but this side first closes its half of the connection after the payload, for servers that answer only then. In any case, a reply is complete at 64 KiB and at the end of the stream.',
  modes: PROBING,
  parse: oneOf('newline', 'match', 'close', 'half-close'),
})

const ENDPOINT = option<Endpoint>({
  name: 'endpoint',
  type: 'host:port or [v6]:port',
  placeholder: 'HOST:PORT',
  text: "Where to connect. Default: the gateway's address, found from the Gateway and its Service.",
  parse: ({ text, mustBe }) =>
    parseEndpoint(text) ??
    mustBe('host:port or [IPv6 address]:port, with a port from 1 to 65535', 'ITS-ENDPOINT-INVALID'),
})

const GATEWAY_SERVICE = option<NamespacedName>({
  name: 'gateway-service',
  type: 'namespace/name',
  placeholder: 'NAMESPACE/NAME',
  text: "The Service in front of the gateway. Default: found from the Gateway's selector.",
  parse: ({ text, mustBe }) => {
    const [namespace = '', name = '', ...rest] = text.split('/')
    return rest.length === 0 && isNamespaceName(namespace) && isObjectName(name)
      ? { namespace, name }
      : mustBe('namespace/name')
  },
})

const CONCURRENCY = option({
  name: 'concurrency',
  type: 'integer, 1 to 256',
  placeholder: '1..256',
  default: '16',
  text: 'Maximum number of connections open at the same time.',
  modes: PROBING,
  parse: numberThat((n) => Number.isInteger(n) && n >= 1 && n <= 256, 'an integer from 1 to 256'),
})

const RATE = option({
  name: 'rate',
  type: 'connections per second, more than 0',
  placeholder: 'NUMBER',
  text: 'Maximum number of connections opened per second. Default: as fast as concurrency allows.',
  modes: PROBING,
  parse: numberThat((n) => n > 0, 'a number of connections per second greater than 0'),
})

const PROBE_TIMEOUT = option({
  name: 'probe-timeout',
  type: 'duration',
  placeholder: 'TIME',
  default: '5s',
  text: 'Time limit of one connection, from its start to the complete reply.',
  modes: PROBING,
  parse: positiveDuration,
})

export const PROBE_OPTIONS = {
  title: 'Connections',
  options: [
    PROBE,
    PROBE_COMMAND,
    PAYLOAD,
    REPLY_UNTIL,
    ENDPOINT,
    GATEWAY_SERVICE,
    CONCURRENCY,
    RATE,
    PROBE_TIMEOUT,
  ],
}

export type ProbeOptions = {
  probe: ProbeSettings
  endpoint: Endpoint | undefined
  gatewayService: NamespacedName | undefined
  concurrency: number
  /** Connections a second; undefined: as fast as `concurrency` allows. */
  ratePerSecond: number | undefined
  probeTimeoutMs: number
}

/** `probing`: the run opens connections. */
export function readProbeOptions(reader: Reader, probing: boolean): ProbeOptions {
  return {
    probe: readProbe(reader, probing),
    endpoint: reader.optional(ENDPOINT),
    gatewayService: reader.optional(GATEWAY_SERVICE),
    concurrency: reader.withDefault(CONCURRENCY),
    ratePerSecond: reader.optional(RATE),
    probeTimeoutMs: reader.withDefault(PROBE_TIMEOUT),
  }
}

function readProbe(reader: Reader, probing: boolean): ProbeSettings {
  const kind = reader.withDefault(PROBE)
  const replyUntil = reader.withDefault(REPLY_UNTIL)
  if (kind === 'tcp') {
    if (reader.given(PROBE_COMMAND) !== undefined)
      reader.refuse(
        'probe-command',
        'ITS-INPUTS-CONFLICT',
        () => 'probe-command is only used with probe: command. Add it, or remove probe-command.',
      )
    return { kind, payload: reader.withDefault(PAYLOAD), replyUntil }
  }
  const commandLine = reader.optional(PROBE_COMMAND)
  if (probing && reader.given(PROBE_COMMAND) === undefined)
    reader.refuse(
      'probe-command',
      'ITS-INPUT-REQUIRED',
      () => 'probe-command is required with probe: command.',
    )
  return { kind, commandLine: commandLine ?? '' }
}

function readPayload({ text, refuse }: Given): Uint8Array | undefined {
  // Not trimmed: blanks are sent like other bytes.
  const payload = parsePayload(text)
  if ('bytes' in payload) return payload.bytes
  return refuse(
    'ITS-PAYLOAD-INVALID',
    (shown) =>
      `payload: ${shown(text)} has the escape ${payload.bad}, which does not exist. Use \\n, \\r, \\t, \\xNN or \\\\.`,
  )
}

const QUOTED = /'[^']*'|"(?:[^"\\]|\\.)*"/gs
const OPERATOR = /(?<=\s)(?:\|\|?|&&)(?=\s|$)/
const VARIABLE = /\$\{?PROBE_(?:HOST|PORT)\b\}?/

/** Shell syntax in a command line. What is in quotes, as a delimiter may be, is left to the command. */
function shellSyntaxIn(commandLine: string): string | undefined {
  const bare = commandLine.replace(QUOTED, "''")
  // A shell expands variables in double quotes, not in single quotes.
  const expanded = commandLine.replace(QUOTED, (piece) => (piece.startsWith("'") ? "''" : piece))
  return (OPERATOR.exec(bare) ?? VARIABLE.exec(expanded))?.[0]
}

function readCommand({ text, mustBe, refuse }: Given): string | undefined {
  const words = parseCommandLine(text)
  if (words === undefined)
    return mustBe('a command line in which every quote is closed', 'ITS-PROBE-COMMAND-INVALID')
  const syntax = shellSyntaxIn(text)
  if (syntax === undefined || words.some((word) => /sh$/.test(word))) return text
  return refuse(
    'ITS-PROBE-COMMAND-NEEDS-SHELL',
    (shown) =>
      `probe-command: ${shown(text)} is not run by a shell, so ${syntax} has no special meaning. Write sh -c '...' around it.`,
  )
}
