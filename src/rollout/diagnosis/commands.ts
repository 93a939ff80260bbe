import { type ClusterFlags, istioctl, kubectl } from '../../kube/kubectl.ts'
import type { Options } from '../../options/options.ts'
import { shellQuoted } from '../../problem/shell-quoted.ts'
import { kindNamed } from '../../routes/kinds.ts'
import type { SurroundingCommands, Surroundings } from '../../routes/surroundings.ts'
import { type OfSplitter, theSplitter } from '../model/splitter.ts'

/** What to look at, in words and as commands to paste. */
export type Commands = Omit<Surroundings, 'commands'> & {
  /** Those that the kind of route object has. */
  show: SurroundingCommands
  affinities: string
  pods: string
  images: string
  /** What one proxy has, and what it says of it. */
  ofProxy: (pod: { namespace: string; name: string }) => { status: string; log: string }
}

/** What names a run's clusters, and its object. */
export type CommandsAsked = {
  api: ClusterFlags
  workloads: ClusterFlags
  options: Pick<Options, 'namespace' | 'object'>
}

/** The commands of a run's clusters and namespace. */
export function commandsOf({ api, workloads, options }: CommandsAsked): Commands {
  const { commands, ...words } = kindNamed(options.object.kind).surroundings
  const columns =
    'NAMESPACE:.metadata.namespace,NAME:.metadata.name,TYPE:.spec.type,AFFINITY:.spec.sessionAffinity'
  return {
    ...words,
    show: commands({ api, workloads }, options.namespace),
    affinities: `${kubectl(workloads)} get services --all-namespaces --output custom-columns=${columns}`,
    pods: `${kubectl(workloads, options.namespace)} get pods --output wide`,
    images: `${kubectl(workloads, options.namespace)} get pods --output custom-columns='NAME:.metadata.name,LABELS:.metadata.labels,IMAGES:.spec.containers[*].image'`,
    ofProxy: ({ namespace, name }) => ({
      status: `${istioctl(workloads)} proxy-status ${shellQuoted(`${name}.${namespace}`)}`,
      log: `${kubectl(workloads, namespace)} logs ${shellQuoted(name)} --container istio-proxy | grep -i rejected`,
    }),
  }
}

/** A text that a colon ends, and the commands that there are for it on lines of their own; with a period where there is none. */
export function withCommands(text: string, ...commands: readonly (string | undefined)[]): string {
  const lines = commands.flatMap((command) => (command === undefined ? [] : [`\n  ${command}`]))
  return lines.length === 0 ? `${text}.` : `${text}:${lines.join('')}`
}

/** How to find a proxy that does not have what the object says. */
export function inSyncAdvice({
  commands: { controlPlane, show },
  ...rule
}: OfSplitter & { commands: Commands }): string {
  return `Check that ${controlPlane} is up and that ${theSplitter(rule)} is in sync with it:\n  ${show.proxies}`
}
