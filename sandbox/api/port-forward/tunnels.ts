import type { Duplex } from 'node:stream'

/** The port-forwards that are open. */
export type Tunnels = {
  /** How many there are: into all Pods, or into one. */
  open(pod?: string): number
  /** Ends them without a word, as when a node or a proxy in between fails. */
  break(pod?: string): void
}

export function createTunnels(): Tunnels & { add(pod: string, pipe: Duplex): void } {
  const pipes = new Map<Duplex, string>()
  const into = (pod: string | undefined) =>
    [...pipes].filter(([, one]) => pod === undefined || one === pod).map(([pipe]) => pipe)
  return {
    open: (pod) => into(pod).length,
    break(pod) {
      for (const pipe of into(pod)) pipe.destroy()
    },
    add(pod, pipe) {
      pipes.set(pipe, pod)
      pipe.once('close', () => pipes.delete(pipe))
    },
  }
}
