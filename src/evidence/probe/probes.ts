import { type CommandProbeSettings, commandProbe } from './command/command-probe.ts'
import { grpcProbe } from './grpc/grpc-probe.ts'
import type { GrpcProbeSettings } from './grpc/grpc-probe-settings.ts'
import { httpProbe } from './http/http-probe.ts'
import type { HttpProbeSettings } from './http/http-probe-settings.ts'
import type { Probe, ProbeKind } from './probe.ts'
import type { ProbeName } from './probe-inputs.ts'
import { tcpProbe } from './tcp/tcp-probe.ts'
import type { TcpProbeSettings } from './tcp/tcp-probe-settings.ts'

/** How samples are taken: what the inputs say, completed by what the rule and its gateway have. */
export type ProbeSettings =
  | TcpProbeSettings
  | CommandProbeSettings
  | HttpProbeSettings
  | GrpcProbeSettings

/** All ways to take a sample. A new one is a file, a line here, and its name in probe-inputs.ts. */
export const PROBES = [
  tcpProbe,
  httpProbe,
  grpcProbe,
  commandProbe,
] as const satisfies readonly ProbeKind<{ kind: ProbeName }>[]

/** The probe that these settings are for. */
export function probeOf<S extends { kind: string }>(
  settings: S,
  probes: readonly ProbeKind[] = PROBES,
): Probe {
  const found = probes.find(({ kind }) => kind === settings.kind)
  if (found === undefined) throw new RangeError(`"${settings.kind}" is not a probe`)
  return found.withSettings(settings)
}
