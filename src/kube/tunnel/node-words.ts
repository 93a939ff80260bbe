/**
 * What the kubelet and containerd put before the cause: the ID of the Pod's sandbox, a uid that they leave empty, and the
 * path of its network namespace. Source: kubelet, handlePortForward; containerd, sandbox_portforward_linux.go.
 */
const WRAPPERS = [
  /^error forwarding port \d+ to pod [^,]*, uid [^:]*: /,
  /^failed to execute portforward in network namespace "[^"]*": /,
  /^failed to connect to localhost:\d+ inside namespace "?[^",:]*"?[,:] (?:IPv4: )?/,
]

const REFUSED = /connect: connection refused/

/** Why a node could not connect to a port of a Pod, as a clause, from what it says. */
export function nodeWords(text: string, port: number): string {
  if (REFUSED.test(text)) return `port ${port} of the Pod refused the connection`
  return WRAPPERS.reduce((rest, wrapper) => rest.replace(wrapper, ''), text.trim()).trim()
}
