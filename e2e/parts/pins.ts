import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'

/** A Go program: its versions and checksums are in the go.mod and go.sum of its folder here. */
export type GoProgram = {
  /** The binary's name, which is the last element of its package's path. */
  name: string
  folder:
    | ('echo-basic' | 'etcd' | 'istio' | 'kube' | 'kubelet' | 'prometheus')
    // Load generators.
    | ('fortio' | 'hey')
    | 'act'
  package: string
  flags: readonly string[]
}

const KUBERNETES = '1.36.3'
const [MAJOR, MINOR] = KUBERNETES.split('.')

/** The API server and kubectl report this version. Without it they report v0.0.0. */
const KUBERNETES_FLAGS = [
  '-ldflags',
  [
    '-s -w',
    `-X k8s.io/component-base/version.gitVersion=v${KUBERNETES}`,
    `-X k8s.io/component-base/version.gitMajor=${MAJOR}`,
    `-X k8s.io/component-base/version.gitMinor=${MINOR}`,
  ].join(' '),
]

/** The real parts that are built from source, smallest first. */
export const GO_PROGRAMS: readonly GoProgram[] = [
  {
    name: 'kubelet',
    folder: 'kubelet',
    package: 'istio-traffic-shift/e2e/kubelet',
    flags: ['-ldflags', '-s -w'],
  },
  {
    name: 'hey',
    folder: 'hey',
    package: 'github.com/rakyll/hey',
    flags: ['-ldflags', '-s -w'],
  },
  {
    name: 'fortio',
    folder: 'fortio',
    package: 'istio-traffic-shift/e2e/fortio',
    flags: ['-ldflags', '-s -w'],
  },
  {
    name: 'echo-basic',
    folder: 'echo-basic',
    package: 'sigs.k8s.io/gateway-api/conformance/echo-basic',
    flags: ['-ldflags', '-s -w'],
  },
  {
    name: 'etcd',
    folder: 'etcd',
    package: 'istio-traffic-shift/e2e/etcd',
    flags: ['-ldflags', '-s -w'],
  },
  {
    name: 'prometheus',
    folder: 'prometheus',
    package: 'github.com/prometheus/prometheus/cmd/prometheus',
    // Without discoveries of clouds and its page: a third of the size.
    flags: ['-tags', 'remove_all_sd,netgo', '-ldflags', '-s -w'],
  },
  {
    name: 'kube-apiserver',
    folder: 'kube',
    package: 'k8s.io/kubernetes/cmd/kube-apiserver',
    flags: KUBERNETES_FLAGS,
  },
  {
    name: 'kube-controller-manager',
    folder: 'kube',
    package: 'k8s.io/kubernetes/cmd/kube-controller-manager',
    flags: KUBERNETES_FLAGS,
  },
  {
    name: 'kubectl',
    folder: 'kube',
    package: 'k8s.io/kubernetes/cmd/kubectl',
    flags: KUBERNETES_FLAGS,
  },
  {
    name: 'pilot-discovery',
    folder: 'istio',
    package: 'istio.io/istio/pilot/cmd/pilot-discovery',
    flags: ['-tags', 'agent_no', '-ldflags', '-s -w'],
  },
]

/**
 * The runner of GitHub workflows that is not GitHub's. It is no part of the mesh, so it has a folder of its own: its tests
 * need nothing else.
 */
export const ACT: GoProgram = {
  name: 'act',
  folder: 'act',
  package: 'github.com/nektos/act',
  flags: ['-ldflags', '-s -w'],
}

/** CustomResourceDefinitions: files of modules that istio/go.mod pins, by the name of the file that they are copied to. */
export const CRDS = {
  istio: {
    module: 'istio.io/api',
    folder: 'kubernetes',
    files: ['customresourcedefinitions.gen.yaml'],
  },
  // The version that istiod is built with.
  'gateway-api': {
    module: 'sigs.k8s.io/gateway-api',
    folder: 'config/crd/standard',
    files: [
      ...['gatewayclasses', 'gateways', 'listenersets', 'referencegrants', 'backendtlspolicies'],
      ...['httproutes', 'grpcroutes', 'tlsroutes', 'tcproutes', 'udproutes'],
    ].map((plural) => `gateway.networking.k8s.io_${plural}.yaml`),
  },
}

/** The folder of a part's pins. */
export function pinsFolder(part: GoProgram['folder'] | 'envoy'): string {
  return join(import.meta.dirname, part)
}

/** Where the built parts are kept, outside the tree: another pin is another folder. */
export function cacheFolder(environment: NodeJS.ProcessEnv): string {
  const parts = [...new Set(GO_PROGRAMS.map(({ folder }) => folder)), 'envoy'] as const
  return join(cacheRoot(environment), hashOf([GO_PROGRAMS, CRDS], parts))
}

/** The same for act. */
export function actFolder(environment: NodeJS.ProcessEnv): string {
  return join(cacheRoot(environment), `act-${hashOf([ACT], [ACT.folder])}`)
}

function cacheRoot(environment: NodeJS.ProcessEnv): string {
  const root = environment.XDG_CACHE_HOME || join(homedir(), '.cache')
  return join(root, 'istio-traffic-shift')
}

/** Twelve hexadecimal digits of everything that distinguishes builds. */
function hashOf(made: readonly unknown[], parts: readonly Parameters<typeof pinsFolder>[0][]) {
  const hash = createHash('sha256').update(
    JSON.stringify([process.platform, process.arch, ...made]),
  )
  for (const part of parts.toSorted()) {
    for (const file of readdirSync(pinsFolder(part)).sort())
      hash.update(`${part}/${file}\n`).update(readFileSync(join(pinsFolder(part), file)))
  }
  return hash.digest('hex').slice(0, 12)
}
