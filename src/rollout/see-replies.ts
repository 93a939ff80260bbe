import { shellQuoted } from '../mesh/finding.ts'
import { parseCommandLine } from '../options/command-line.ts'
import type { Endpoint, Expectation, Options, Probe } from '../options/options.ts'
import type { Unclassified } from '../probe/met.ts'
import type { Draw } from '../probe/prober.ts'

const LINE_FEED = 10

/** What to do about connections none of which could be told: what they met most says where to look, and a command shows it. */
export function mendReplies(
  { expect, probe }: Pick<Options, 'expect' | 'probe'>,
  endpoint: Endpoint,
  draws: readonly Draw[],
): string {
  const hint = hintFor(mostMet(draws), probe, expect)
  return `${hint}See what comes back:\n  ${probeByHand(probe, endpoint)}`
}

/** What most of the connections met; undefined where this machine could not open them. */
function mostMet(draws: readonly Draw[]): Unclassified | undefined {
  const counts = new Map<Unclassified, number>()
  for (const { classified } of draws)
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
      return 'Nothing listens there: look for a server with this port in the Gateway, and for the port in the Service in front. '
    case 'timeout':
      return timeoutHint(probe)
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

/** Why a server that took the connection may say nothing. */
function timeoutHint(probe: Extract<Probe, { kind: 'tcp' }>): string {
  if (probe.replyUntil === 'close')
    return 'With reply-until: close a reply ends when the server closes, which this one may not do. '
  if (probe.payload.length > 0 && probe.payload.at(-1) !== LINE_FEED)
    return 'payload does not end with \\n, for which a server that reads lines waits. '
  return 'A firewall in between may drop the connections, or the server waits for another payload. '
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
  const connect = `nc -w 2 ${shellQuoted(host)} ${port}`
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
