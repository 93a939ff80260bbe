import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { ADDRESSES, LISTENING_PORTS } from '../processes/addresses.ts'

/** Makes the namespace's loopback interface the whole network of the mesh: every Pod's and the gateway's address is on it. */
export function layNetwork(): void {
  const lines = [
    'link set lo up',
    // EndpointSlices refuse 127.0.0.0/8.
    ...ADDRESSES.map((address) => `address add ${address}/32 dev lo`),
  ]
  const { status, stderr } = spawnSync('ip', ['-batch', '-'], {
    input: `${lines.join('\n')}\n`,
    encoding: 'utf8',
  })
  if (status !== 0) throw new Error(`the network could not be laid: ${stderr}`)
  // Thousands of short connections must not run out of ports, or use one that a server needs.
  writeFileSync('/proc/sys/net/ipv4/ip_local_port_range', '1024 65000')
  writeFileSync('/proc/sys/net/ipv4/ip_local_reserved_ports', LISTENING_PORTS)
  writeFileSync('/proc/sys/net/ipv4/tcp_tw_reuse', '1')
  writeFileSync('/proc/sys/net/core/somaxconn', '8192')
}
