import type { Endpoint } from '../../../kube/endpoint.ts'
import { shellQuoted } from '../../../problem/shell-quoted.ts'
import type { ProbeKind } from '../probe.ts'
import { tcpDial } from './tcp-dial.ts'
import { tcpHint } from './tcp-hint.ts'
import type { TcpProbeSettings } from './tcp-probe-settings.ts'

/** Connects, sends the payload, and reads one reply. */
export const tcpProbe: ProbeKind<TcpProbeSettings> = {
  kind: 'tcp',
  withSettings: (settings) => ({
    takesAddressesInTurn: true,
    failsAnywhere: false,
    open: ({ endpoint, addresses, match, timeoutMs }) =>
      tcpDial({
        addresses,
        port: endpoint.port,
        payload: settings.payload,
        replyUntil: settings.replyUntil,
        match,
        timeoutMs,
      }),
    hint: (failure) => tcpHint(settings, failure),
    manualCommand: (endpoint) => ncCommand(settings, endpoint),
    unsent: whyUnsent(settings.payload),
  }),
}

/** Without the payload where it has to be left out: what is typed then is sent. */
function ncCommand({ payload, replyUntil }: TcpProbeSettings, { host, port }: Endpoint): string {
  // Without -N nc leaves its half of the connection open, as the probe does.
  const halfClose = replyUntil === 'half-close' ? '-N ' : ''
  const connect = `nc ${halfClose}-w 2 ${shellQuoted(host)} ${port}`
  if (payload.length === 0) return `${connect} </dev/null`
  const text = printableText(payload)
  return text === undefined || whyUnsent(payload) !== undefined
    ? connect
    : `printf %b ${shellQuoted(printfText(text))} | ${connect}`
}

/** A longer payload is not pasted into a shell. */
const LONGEST_PAYLOAD = 200

/** Why the command does not send the payload; undefined where it does. */
function whyUnsent(payload: Uint8Array): string | undefined {
  const text = printableText(payload)
  if (text === undefined) return 'payload, which is not printable text'
  return text.length > LONGEST_PAYLOAD
    ? `payload, which is longer than ${LONGEST_PAYLOAD} characters`
    : undefined
}

/** The payload as text of printable characters and the ends of lines; undefined where it is something else. */
function printableText(payload: Uint8Array): string | undefined {
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(payload)
    return /[^\P{C}\n\r\t]|[\p{Zl}\p{Zp}]/u.test(text) ? undefined : text
  } catch {
    return undefined
  }
}

const ESCAPES: Readonly<Record<string, string>> = {
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\\': '\\\\',
}

/** A text as printf's %b takes it. All else is written letter by letter, so that a secret in it can be masked. */
function printfText(text: string): string {
  return text.replace(/[\n\r\t\\]/g, (character) => ESCAPES[character] ?? '')
}
