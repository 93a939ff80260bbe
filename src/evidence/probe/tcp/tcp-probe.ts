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
  }),
}

function ncCommand({ payload, replyUntil }: TcpProbeSettings, { host, port }: Endpoint): string {
  // Without -N nc leaves its half of the connection open, as the probe does.
  const halfClose = replyUntil === 'half-close' ? '-N ' : ''
  const connect = `nc ${halfClose}-w 2 ${shellQuoted(host)} ${port}`
  if (payload.length === 0) return `${connect} </dev/null`
  return `printf %b ${shellQuoted(printfText(payload))} | ${connect}`
}

const LINE_FEED = 10

/**
 * Bytes as printf's %b takes them; those that are not printable ASCII are octal. A percent sign stays as it is,
 * because a runner masks a secret only where it is written letter by letter.
 */
function printfText(bytes: Uint8Array): string {
  return [...bytes]
    .map((byte) => {
      if (byte === LINE_FEED) return '\\n'
      const isPlain = byte >= 32 && byte < 127 && byte !== 92
      return isPlain ? String.fromCharCode(byte) : `\\0${byte.toString(8).padStart(3, '0')}`
    })
    .join('')
}
