import { isIP } from 'node:net'
import type { Endpoint } from '../../../kube/endpoint.ts'
import { endpointText } from '../../../kube/endpoint.ts'
import { shellQuoted } from '../../../problem/shell-quoted.ts'
import type { TlsSettings } from './tls-settings.ts'

/** The seconds that openssl takes at most. */
const MOST_SECONDS = 5

/** The words of a command that connects as the probe does, and sends its standard input. */
export function openSslCommand(tls: TlsSettings, endpoint: Endpoint, halfClose: boolean): string {
  const { serverName, ca, client, insecure, files } = tls
  const isName = serverName !== undefined && isIP(serverName) === 0
  const words = [
    `-connect ${shellQuoted(endpointText(endpoint))}`,
    // Without it openssl would send the name that it connects to.
    isName ? `-servername ${shellQuoted(serverName)}` : '-noservername',
    ...(insecure ? [] : ['-verify_return_error']),
    ...(insecure || serverName === undefined
      ? []
      : [`${isName ? '-verify_hostname' : '-verify_ip'} ${shellQuoted(serverName)}`]),
    ...(ca === undefined ? [] : [`-CAfile ${shellQuoted(files?.ca ?? 'ca.pem')}`]),
    ...(client === undefined
      ? []
      : [
          `-cert ${shellQuoted(files?.cert ?? 'cert.pem')}`,
          `-key ${shellQuoted(files?.key ?? 'key.pem')}`,
        ]),
    // It goes on reading when its input has ended.
    halfClose ? '-quiet -no_ign_eof' : '-quiet',
  ]
  return `timeout ${MOST_SECONDS} openssl s_client ${words.join(' ')}`
}
