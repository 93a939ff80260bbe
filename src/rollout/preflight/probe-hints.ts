import type { BeyondReply } from '../../evidence/probe/classify.ts'
import type { Unclassified } from '../../evidence/probe/met.ts'
import type { Sample } from '../../evidence/probe/prober.ts'
import type { Endpoint } from '../../kube/endpoint.ts'
import type { Expectation, Options, Probe } from '../../options/options.ts'
import { parseCommandLine } from '../../options/parse/command-line.ts'
import { shellQuoted } from '../../problem/shell-quoted.ts'

const LINE_FEED = 10

/** What to do about connections none of which could be told: what they met most says where to look, and a command shows it. */
export function remedyForReplies(
  { expect, probe }: Pick<Options, 'expect' | 'probe'>,
  endpoint: Endpoint,
  samples: readonly Sample[],
): string {
  const met = mostMet(samples)
  const hint = `${hintFor(met, probe, expect)}${beyondHint(met, probe, samples)}`
  return `${hint}See what comes back:\n  ${probeByHand(probe, endpoint)}`
}

/**
 * What replies that no expression matches, or that are not complete, say about the inputs, where some of the
 * connections were answered; empty where the fault is elsewhere.
 */
export function hintForSamples(
  { expect, probe }: Pick<Options, 'expect' | 'probe'>,
  samples: readonly Sample[],
): string {
  const met = mostMet(samples)
  if (met === 'unknown reply')
    return `${hintFor(met, probe, expect)}${beyondHint(met, probe, samples)}`
  const arrived = samples.some(
    ({ classified }) => classified.kind === 'unclassified' && classified.beyond !== undefined,
  )
  return met === 'timeout' && arrived ? beyondHint(met, probe, samples) : ''
}

/** What most of the connections met; undefined where this machine could not open them. */
function mostMet(samples: readonly Sample[]): Unclassified | undefined {
  const counts = new Map<Unclassified, number>()
  for (const { classified } of samples)
    if (classified.kind === 'unclassified')
      counts.set(classified.why, (counts.get(classified.why) ?? 0) + 1)
  return [...counts].sort(([, a], [, b]) => b - a)[0]?.[0]
}

/** A sentence with a blank behind it, or nothing. */
function hintFor(
  met: Unclassified | undefined,
  probe: Probe,
  expect: readonly Expectation[],
): string {
  if (met === 'unknown reply') return `expect knows ${expressions(expect)}. `
  if (probe.kind === 'command') return commandHint(met)
  switch (met) {
    case 'refused':
      return 'Nothing listens there: look for a server in the Gateway, and for the port of the gateway (targetPort) that this port leads to by the Service in front. '
    case 'timeout':
      return ''
    case 'closed':
    case 'reset':
      return 'The port may want TLS, which probe: tcp does not speak (probe: command can), or the gateway has no route for it yet. '
    default:
      return ''
  }
}

function commandHint(met: Unclassified | undefined): string {
  if (met === 'closed') return 'probe-command wrote nothing to its standard output. '
  return met === 'timeout' ? 'probe-command did not end within probe-timeout. ' : ''
}

/** Whether another `reply-until` would see what this one did not. */
function beyondHint(
  met: Unclassified | undefined,
  probe: Probe,
  samples: readonly Sample[],
): string {
  if (probe.kind === 'command' || (met !== 'unknown reply' && met !== 'timeout')) return ''
  const beyond = samples.flatMap(({ classified }) =>
    classified.kind === 'unclassified' && classified.why === met ? (classified.beyond ?? []) : [],
  )
  const [arrived] = beyond
  if (probe.replyUntil === 'newline') {
    const shown = beyond.find(({ matches }) => matches) ?? arrived
    if (shown !== undefined) return moreThanLineHint(shown, met)
    if (met === 'unknown reply')
      return 'A reply ends at its first line feed. If the servers send more lines, give reply-until: match. '
  }
  if (met !== 'timeout') return ''
  if (arrived !== undefined && probe.replyUntil === 'close')
    return `With reply-until: close a reply ends when the server closes, which this one does not: ${JSON.stringify(arrived.text)} arrived. Give reply-until: newline where the reply is a line, else match. `
  return timeoutHint(probe, arrived !== undefined)
}

/** Servers such as MySQL, SMTP and Redis greet in several lines, or in binary. */
function moreThanLineHint({ text, matches }: BeyondReply, met: Unclassified): string {
  const arrived =
    met === 'timeout'
      ? `${JSON.stringify(text)} arrived without a line feed, at which a reply ends. `
      : `The reply was cut at its first line feed; ${JSON.stringify(text)} arrived. `
  const why = matches ? 'An expression matches that' : 'To match more than the first line'
  return `${arrived}${why}${matches ? ': give' : ', give'} reply-until: match. `
}

/** Why a server that took the connection may say nothing, or not all. */
function timeoutHint(probe: Extract<Probe, { kind: 'tcp' }>, arrived: boolean): string {
  const { replyUntil, payload } = probe
  if (replyUntil === 'half-close')
    return 'With reply-until: half-close a reply ends when the server closes, which this one may not do. '
  const readsToEnd =
    'For a server that answers only when the client has closed its half (try nc -N), give reply-until: half-close. '
  if (replyUntil === 'close')
    return `With reply-until: close a reply ends when the server closes, which this one may not do. ${readsToEnd}`
  if (arrived) return ''
  if (payload.length > 0 && payload.at(-1) !== LINE_FEED)
    return `payload does not end with \\n, for which a server that reads lines waits. ${readsToEnd}`
  return `A firewall in between may drop the connections, or the server waits for another payload. ${readsToEnd}`
}

/** `v1: /^one/, v2: /^two/`. */
export function expressions(expect: readonly Expectation[]): string {
  return expect.map(({ destination, pattern }) => `${destination}: /${pattern.source}/`).join(', ')
}

/** The command that makes one connection just as a probe does, as far as a shell can. */
function probeByHand(probe: Probe, { host, port }: Endpoint): string {
  if (probe.kind === 'command') {
    const words = (parseCommandLine(probe.commandLine) ?? []).map(shellQuoted)
    return `PROBE_HOST=${shellQuoted(host)} PROBE_PORT=${port} ${words.join(' ')}`
  }
  // Without -N nc leaves its half of the connection open, as a probe does.
  const halfClose = probe.replyUntil === 'half-close' ? '-N ' : ''
  const connect = `nc ${halfClose}-w 2 ${shellQuoted(host)} ${port}`
  if (probe.payload.length === 0) return `${connect} </dev/null`
  return `printf %b ${shellQuoted(printfText(probe.payload))} | ${connect}`
}

/**
 * Bytes as printf's %b makes them; whatever is not plain is written in octal. A percent sign stays as
 * it is, for what a runner masks it knows only letter by letter.
 */
function printfText(bytes: Uint8Array): string {
  return [...bytes]
    .map((byte) => {
      if (byte === LINE_FEED) return '\\n'
      const plain = byte >= 32 && byte < 127 && byte !== 92
      return plain ? String.fromCharCode(byte) : `\\0${byte.toString(8).padStart(3, '0')}`
    })
    .join('')
}
