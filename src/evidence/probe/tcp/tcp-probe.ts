import type { Endpoint } from '../../../kube/endpoint.ts'
import { shellQuoted } from '../../../problem/shell-quoted.ts'
import type { ProbeKind } from '../probe.ts'
import { openSslCommand } from '../tls/openssl-command.ts'
import { tlsTransport } from '../tls/tls-transport.ts'
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
        ...(settings.tls === undefined ? {} : { transport: tlsTransport(settings.tls) }),
      }),
    hint: (failure) => tcpHint(settings, failure),
    manualCommand: (endpoint) => connectCommand(settings, endpoint),
    unsent: whyUnsent(settings.payload),
  }),
}

/** Without the payload where it has to be left out: what is typed then is sent. */
function connectCommand(settings: TcpProbeSettings, endpoint: Endpoint): string {
  const { payload, replyUntil, tls } = settings
  const halfClose = replyUntil === 'half-close'
  const connect =
    tls === undefined ? ncWords(endpoint, halfClose) : openSslCommand(tls, endpoint, halfClose)
  if (payload.length === 0) return `${connect} </dev/null`
  const text = printableText(payload)
  return text === undefined || whyUnsent(payload) !== undefined
    ? connect
    : `printf %b ${shellQuoted(printfText(text))} | ${connect}`
}

function ncWords({ host, port }: Endpoint, halfClose: boolean): string {
  // Without -N nc leaves its half of the connection open, as the probe does.
  return `nc ${halfClose ? '-N ' : ''}-w 2 ${shellQuoted(host)} ${port}`
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
