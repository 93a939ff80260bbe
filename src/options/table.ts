import type { Mode } from './options.ts'

/** One option of the contract: action.yml, `--help` and the README's table are made from it. */
export type Option = {
  name: string
  /** The type and unit as a person reads it. */
  type: string
  /** The text that stands for "not given"; undefined: there is none. */
  default: string | undefined
  text: string
  /** The modes in which it has a meaning. rollback and status refuse it elsewhere; the others ignore it. */
  modes: readonly Mode[]
  /** `always`: a run needs it. `probing`: a run that opens connections needs it. */
  required: 'always' | 'probing' | 'no'
  /** Given but empty has a meaning of its own; for the others empty means not given. */
  emptyCounts: boolean
}

/** Those that are about weights; the others are about the journal alone. */
const WEIGHING: readonly Mode[] = ['shift', 'verify', 'plan']
const ALL: readonly Mode[] = [...WEIGHING, 'rollback', 'status']
const PROBING: readonly Mode[] = ['shift', 'verify']
const WRITING: readonly Mode[] = ['shift', 'plan']

function option(
  name: string,
  type: string,
  defaultText: string | undefined,
  text: string,
  more: Partial<Pick<Option, 'modes' | 'required' | 'emptyCounts'>> = {},
): Option {
  return {
    name,
    type,
    default: defaultText,
    text,
    modes: more.modes ?? WEIGHING,
    required: more.required ?? 'no',
    emptyCounts: more.emptyCounts ?? false,
  }
}

/** Every option there is, in the order in which people read about them. */
export const OPTIONS = [
  option(
    'mode',
    'shift, verify, plan, rollback or status',
    'shift',
    'shift: write the weights and prove them. verify: write nothing, prove the split that is there. plan: write nothing, open no connection, show the edit and what proving it would take. rollback: restore the weights from before an interrupted run, or from before one that is still in progress. status: write nothing, show whether a run is in progress and what a rollback would restore. rollback and status take no weights and open no connection.',
    { modes: ALL },
  ),
  option('namespace', 'name', undefined, 'Namespace of the VirtualService.', {
    modes: ALL,
    required: 'always',
  }),
  option('virtual-service', 'name', undefined, 'Name of the VirtualService.', {
    modes: ALL,
    required: 'always',
  }),
  option(
    'route',
    'tcp, tcp:PORT or tcp[I]',
    undefined,
    'Which rule of the VirtualService; I is its position in the object, from 0. Required only where more than one fits; the error then lists them.',
    { modes: [...WEIGHING, 'status'] },
  ),
  option(
    'subset',
    'destination name',
    undefined,
    'The destination that weight is for: its subset, host, host:port or host/subset, whichever is unique in the rule; [I] where none is. One that the rule lacks is added: a subset that a DestinationRule defines, or else a Service (host, host:port). In a manifest write host/subset, host:port, or a host with a dot.',
  ),
  option(
    'weight',
    'percent, integer 0 to 100',
    undefined,
    'Share of new connections for subset. The others share the rest in their present proportions.',
  ),
  option(
    'weights',
    'YAML mapping, destination: percent',
    undefined,
    'Instead of weight and subset: a percent for every destination, 100 in all. With mode verify also the word current.',
  ),
  option(
    'steps',
    'percents, by comma or space',
    undefined,
    'Weights of subset to prove, in this order, before weight. Those that do not lie between the present weight and weight are skipped.',
    { modes: WRITING },
  ),
  option('step-interval', 'duration', '0s', 'Pause between a proven step and the next.', {
    modes: ['shift'],
  }),
  option(
    'expect',
    'YAML mapping, destination: regular expression',
    undefined,
    'Which replies come from which destination. Needed to open connections. Syntax of JavaScript, without lookaround and backreferences: they cannot be matched in linear time.',
    { modes: PROBING, required: 'probing' },
  ),
  option('probe', 'tcp or command', 'tcp', 'How one connection is made.', { modes: PROBING }),
  option(
    'probe-command',
    'command line',
    undefined,
    "With probe command: run once a connection with PROBE_HOST and PROBE_PORT set; its standard output, without its last line end, is the reply. No shell runs it: what needs one is written sh -c '...'.",
    { modes: PROBING },
  ),
  option(
    'payload',
    'text with \\n \\r \\t \\xNN \\\\ escapes',
    'hello\\n',
    'What each connection sends. Empty: the server speaks first.',
    { modes: PROBING, emptyCounts: true },
  ),
  option(
    'reply-until',
    'newline, match, close or half-close',
    'newline',
    'When a reply is complete. newline: at its first line feed. match: as soon as exactly one expectation matches. close: when the server closes. half-close: the same, after this side has closed its half behind the payload, for servers that answer only then. In any case at 64 KiB and at the end of the stream.',
    { modes: PROBING },
  ),
  option(
    'endpoint',
    'host:port or [v6]:port',
    undefined,
    "Where to connect. Without it the gateway's address is found from the Gateway and its Service.",
  ),
  option(
    'gateway-service',
    'namespace/name',
    undefined,
    "The Service in front of the gateway. Without it: found from the Gateway's selector.",
  ),
  option(
    'connections',
    'integer or auto',
    'auto',
    'The most connections that one try of one check may use. auto: what 99.9% of checks need.',
  ),
  option(
    'tolerance',
    'percentage points, more than 0',
    undefined,
    "How far off a true share may be. Without it, for each destination and step: 5, its share or the write's largest move, whichever is least.",
  ),
  option(
    'confidence',
    'percent, 50 to 99.999',
    '99',
    '100 minus the chance of a wrong verdict, each way.',
  ),
  option('concurrency', 'integer, 1 to 256', '16', 'Connections in flight.', { modes: PROBING }),
  option(
    'rate',
    'connections a second, more than 0',
    undefined,
    'The most connections that are opened in a second. Without it: as fast as concurrency allows.',
    { modes: PROBING },
  ),
  option('probe-timeout', 'duration', '5s', 'Limit of one connection, from dial to reply.', {
    modes: PROBING,
  }),
  option(
    'propagation-timeout',
    'duration',
    '15s',
    'How long the gateway may take to act on new weights.',
    { modes: PROBING },
  ),
  option('timeout', 'duration', '5m', 'Limit of the whole run, rollback included.', { modes: ALL }),
  option(
    'on-failure',
    'rollback or keep',
    'rollback',
    'What becomes of the weights when the verdict is not pass. rollback: those from before the run are put back.',
    { modes: ['shift'] },
  ),
  option(
    'kubeconfig',
    'path, the YAML itself, or auto',
    'auto',
    'The API server that holds the VirtualService. auto: KUBECONFIG, in-cluster, ~/.kube/config. Given but empty is an error.',
    { modes: ALL, emptyCounts: true },
  ),
  option('context', 'name', undefined, 'Context of kubeconfig. Without it: the current one.', {
    modes: ALL,
  }),
  option(
    'gateway-kubeconfig',
    'path, the YAML itself, or auto',
    'auto',
    "The API server that holds the gateway's and the application's Services and Pods, where that is another one. auto: the same as kubeconfig.",
    { modes: ALL, emptyCounts: true },
  ),
  option(
    'gateway-context',
    'name',
    undefined,
    'Context of gateway-kubeconfig. Without it: as context, or the current one of gateway-kubeconfig.',
    { modes: ALL },
  ),
  option(
    'manifest',
    'path of a YAML file',
    undefined,
    'The file that holds the VirtualService in a repository (GitOps). plan shows the edit of it, shift writes it, one step a run; both without a cluster. verify proves the weights that the file has, with weights: current.',
  ),
  option(
    'report',
    'folder',
    undefined,
    'Where report.json, report.html and summary.md go. Without it: in the action a folder under RUNNER_TEMP, on the command line none.',
    { modes: ALL },
  ),
] as const satisfies readonly Option[]
