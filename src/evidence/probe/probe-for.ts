import { isIPv6 } from 'node:net'
import { inputProblem, type Problem, warning } from '../../problem/problem.ts'
import { failure, type Result, success } from '../../problem/result.ts'
import { type ProbeInputs, type ProbeName, unusedInputs } from './probe-inputs.ts'
import type { ProbeSettings } from './probes.ts'
import type { TcpProbeSettings } from './tcp/tcp-probe-settings.ts'
import type { TlsSettings } from './tls/tls-settings.ts'

/** What defaults depend on. */
export type Probed = {
  /** Of the rule. */
  protocol: 'tcp' | 'tls' | 'http' | 'grpc'
  /** What the server of the gateway does with TLS. */
  tls: 'none' | 'terminate' | 'passthrough'
  /** Concrete hosts that the rule's object and the gateway admit. */
  hosts: readonly string[]
}

/** How samples of a rule are taken, or everything that is wrong with the inputs for that. */
export function probeFor(inputs: ProbeInputs, probed: Probed): Result<ProbeSettings> {
  const kind = inputs.kind ?? defaultProbe(probed.protocol)
  if (kind === 'command') return success({ kind, commandLine: inputs.commandLine })
  const host = inputs.host ?? probed.hosts[0]
  const usesTls = inputs.tls === 'auto' ? needsTls(probed) : inputs.tls
  const problems = [
    ...(inputs.kind === undefined ? unusedByDefault(kind, probed, inputs.given) : []),
    ...(usesTls ? [] : withoutTls(inputs)),
    ...(host === undefined && needsHost(kind, usesTls, { ...inputs, ...probed })
      ? [hostRequired()]
      : []),
  ]
  if (problems.length > 0) return failure(...problems)
  const tls = usesTls ? tlsSettings(inputs, host) : undefined
  if (kind === 'tcp') return success(tcpSettings(inputs, tls))
  const request = { authority: authorityOf(host ?? ''), headers: inputs.headers, tls }
  if (kind === 'grpc')
    return success({ kind, path: inputs.path ?? '/grpc.health.v1.Health/Check', ...request })
  const { method, path = '/', version } = inputs
  return success({ kind, method, path, version, ...request })
}

/** What a run says about its settings before it takes samples. */
export function probeWarnings(settings: ProbeSettings): Problem[] {
  if (settings.kind === 'command' || settings.tls?.insecure !== true) return []
  return [
    warning(
      'ITS-PROBE-INSECURE',
      'The run accepts any certificate of the gateway (probe-insecure: true), so replies may come from another server.',
      'Set probe-ca to the certificate of the authority that issued the certificate of the gateway instead.',
    ),
  ]
}

/** As a URL has it (RFC 3986, 3.2.2). */
function authorityOf(host: string): string {
  return isIPv6(host) ? `[${host}]` : host
}

function defaultProbe(protocol: Probed['protocol']): 'tcp' | 'http' | 'grpc' {
  return protocol === 'tls' ? 'tcp' : protocol
}

function needsTls({ protocol, tls }: Probed): boolean {
  return protocol === 'tls' || tls !== 'none'
}

/** A certificate is verified for a name, and TLS that is passed through is routed by it. */
function needsHost(
  kind: ProbeName,
  usesTls: boolean,
  { insecure, protocol }: { insecure: boolean; protocol: Probed['protocol'] },
): boolean {
  return kind === 'tcp' ? usesTls && (!insecure || protocol === 'tls') : true
}

function tcpSettings(
  { payload, replyUntil }: ProbeInputs,
  tls: TlsSettings | undefined,
): TcpProbeSettings {
  const settings = { kind: 'tcp' as const, payload, replyUntil }
  return tls === undefined ? settings : { ...settings, tls }
}

function tlsSettings(
  { pem, pemFiles = {}, insecure }: ProbeInputs,
  host: string | undefined,
): TlsSettings {
  const { ca, cert, key } = pem
  const client = cert === undefined || key === undefined ? undefined : { cert, key }
  return { serverName: host, ca, client, insecure, files: pemFiles }
}

function unusedByDefault(
  kind: ProbeName,
  { protocol }: Probed,
  given: readonly string[],
): Problem[] {
  return unusedInputs(kind, given).map(({ input, usedWith }) =>
    inputProblem(
      input,
      'ITS-INPUTS-CONFLICT',
      `${input} is only used with probe: ${usedWith.join(' or ')}, and samples of ${protocol} rules are taken with probe: ${kind} by default.`,
      `Remove ${input}, or set probe.`,
    ),
  )
}

const TLS_ONLY = ['probe-ca', 'probe-cert', 'probe-insecure']

function withoutTls({ tls, given }: ProbeInputs): Problem[] {
  // With probe-tls: false the inputs were refused before.
  if (tls === false) return []
  return TLS_ONLY.filter((input) => given.includes(input)).map((input) =>
    inputProblem(
      input,
      'ITS-INPUTS-CONFLICT',
      `${input} is only used with TLS, and neither the rule nor the gateway's server shows that it expects TLS.`,
      `Remove ${input}, or set probe-tls: true.`,
    ),
  )
}

function hostRequired(): Problem {
  return inputProblem(
    'probe-host',
    'ITS-INPUT-REQUIRED',
    'probe-host is required, because the rule has no concrete host that samples could ask for.',
    'Set probe-host to a host name that clients use.',
  )
}
