import { TCP } from '../connection/transport.ts'
import type { ProbeKind, ProbeTarget } from '../probe.ts'
import { tlsTransport } from '../tls/tls-transport.ts'
import { curlCommand } from './curl-command.ts'
import { type HttpDialSettings, httpDial, keptHttpDial, REPEATABLE } from './http-dial.ts'
import { httpHint } from './http-hint.ts'
import type { HttpProbeSettings } from './http-probe-settings.ts'
import { type Http2DialSettings, http2Dial, keptHttp2Dial } from './http2-dial.ts'
import { http2Request } from './http2-request.ts'

/** Sends requests, and reads their replies; each on a new connection, or one after another on connections that are kept. */
export const httpProbe: ProbeKind<HttpProbeSettings> = {
  kind: 'http',
  withSettings: (settings) => ({
    takesAddressesInTurn: true,
    failsAnywhere: true,
    ...dialsOf(settings),
    hint: (failure) => httpHint(settings, failure),
    manualCommand: (endpoint) => curlCommand(settings, endpoint),
  }),
}

function dialsOf(settings: HttpProbeSettings) {
  if (settings.version === '2')
    return {
      open: (target: ProbeTarget) => http2Dial(http2Settings(settings, target)),
      openKept: (target: ProbeTarget) => keptHttp2Dial(http2Settings(settings, target)),
    }
  const open = (target: ProbeTarget) => httpDial(httpSettings(settings, target))
  if (!REPEATABLE.includes(settings.method)) return { open }
  return { open, openKept: (target: ProbeTarget) => keptHttpDial(httpSettings(settings, target)) }
}

function httpSettings(
  settings: HttpProbeSettings,
  { endpoint, addresses, timeoutMs }: ProbeTarget,
): HttpDialSettings {
  const { tls } = settings
  const transport = tls === undefined ? TCP : tlsTransport(tls, ['http/1.1'])
  return { addresses, port: endpoint.port, timeoutMs, transport, request: settings }
}

function http2Settings(
  settings: HttpProbeSettings,
  { endpoint, addresses, timeoutMs }: ProbeTarget,
): Http2DialSettings {
  const request = http2Request(settings)
  return { addresses, port: endpoint.port, timeoutMs, request, tls: settings.tls }
}
