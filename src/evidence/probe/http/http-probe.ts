import { TCP } from '../connection/transport.ts'
import type { ProbeKind } from '../probe.ts'
import { tlsTransport } from '../tls/tls-transport.ts'
import { curlCommand } from './curl-command.ts'
import { httpDial } from './http-dial.ts'
import { httpHint } from './http-hint.ts'
import type { HttpProbeSettings } from './http-probe-settings.ts'
import { http2Dial } from './http2-dial.ts'
import { http2Request } from './http2-request.ts'

/** Sends one request on each connection, and reads its reply. */
export const httpProbe: ProbeKind<HttpProbeSettings> = {
  kind: 'http',
  withSettings: (settings) => ({
    takesAddressesInTurn: true,
    failsAnywhere: true,
    open({ endpoint, addresses, timeoutMs }) {
      const { tls, version } = settings
      const common = { addresses, port: endpoint.port, timeoutMs }
      if (version === '2') return http2Dial({ ...common, request: http2Request(settings), tls })
      const transport = tls === undefined ? TCP : tlsTransport(tls, ['http/1.1'])
      return httpDial({ ...common, transport, request: settings })
    },
    hint: (failure) => httpHint(settings, failure),
    manualCommand: (endpoint) => curlCommand(settings, endpoint),
  }),
}
