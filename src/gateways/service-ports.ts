import { type JsonObject, numberAt, objectsAt, textAt } from '../kube/json.ts'

/** A port of a Service that carries TCP. */
export type ServicePort = {
  name: string
  port: number
  /** A number, or the name of a port of the Pods. */
  target: number | string
  nodePort: number | undefined
}

/** A Service's ports for TCP, which is also the meaning of a missing protocol. UDP and SCTP may use the same numbers. */
export function tcpPorts(service: JsonObject): ServicePort[] {
  return objectsAt(service, 'spec', 'ports').flatMap((json) => {
    const port = numberAt(json, 'port')
    if (port === undefined || (textAt(json, 'protocol') ?? 'TCP') !== 'TCP') return []
    const target = numberAt(json, 'targetPort') ?? textAt(json, 'targetPort') ?? port
    return [
      { name: textAt(json, 'name') ?? '', port, target, nodePort: numberAt(json, 'nodePort') },
    ]
  })
}

/**
 * The port of a gateway's Service that leads to a server. If the Service has a port with the server's number, the gateway
 * listens at its target port. If it has none, the gateway listens at the server's number, and another port of the Service
 * may lead there. `named` has the numbers of the Pods' ports by name.
 * Source: istio, resolvePorts.
 */
export function portTo(
  ports: readonly ServicePort[],
  serverPort: number,
  named: ReadonlyMap<string, number> = new Map(),
): ServicePort | undefined {
  const leadsTo = ({ target }: ServicePort) =>
    typeof target === 'number' ? target : named.get(target)
  return (
    ports.find(({ port }) => port === serverPort) ??
    ports.find((port) => leadsTo(port) === serverPort)
  )
}

/** Numbers of the Pods' ports by name, as they declare them. */
export function namedPorts(pods: readonly JsonObject[]): Map<string, number> {
  const ports = pods
    .flatMap((pod) => objectsAt(pod, 'spec', 'containers'))
    .flatMap((container) => objectsAt(container, 'ports'))
    .filter((port) => (textAt(port, 'protocol') ?? 'TCP') === 'TCP')
  return new Map(
    ports.flatMap((port): [string, number][] => {
      const name = textAt(port, 'name')
      const number = numberAt(port, 'containerPort')
      return name === undefined || number === undefined ? [] : [[name, number]]
    }),
  )
}
