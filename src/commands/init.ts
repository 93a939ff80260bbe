import { loadParts } from '../host/start/load-parts.ts'
import type { Command } from './command.ts'

const OPTIONS = [
  ...['namespace', 'virtual-service', 'object', 'route', 'subset', 'destination', 'weight'],
  ...['expect', 'evidence', 'traffic', 'client-pods', 'proxies', 'probe', 'probe-command'],
  ...['payload', 'reply-until', 'probe-method', 'probe-path', 'probe-host', 'probe-headers'],
  ...['probe-http', 'probe-tls', 'probe-ca', 'probe-cert', 'probe-key', 'probe-insecure'],
  ...['endpoint', 'gateway-service', 'connect', 'job-image', 'job-namespace', 'kubeconfig'],
  ...['context', 'gateway-kubeconfig', 'gateway-context', 'output'],
]

/** Looks at a cluster and proposes a step for it. */
export const INIT: Command = {
  name: 'init',
  summary: 'Propose a step, Roles and commands for your cluster.',
  more: 'init writes nothing to the cluster. It sends up to 20 requests or connections to the gateway. On a terminal, init asks what it cannot decide. Elsewhere, it lists the choices and ends with status 2.',
  usage: '[KIND/NAME] [-n NAMESPACE] [--write [FILE]] [OPTION...]',
  example: ['istio-traffic-shift init VirtualService/web -n demo'],
  flags: [
    {
      name: 'write',
      takesWord: true,
      text: 'Write a workflow to FILE, .github/workflows/traffic-shift.yml by default. An existing file is not overwritten.',
    },
    { name: 'no-samples', text: 'Send no request and no connection.' },
    {
      name: 'no-stamps',
      text: 'Recognize versions by their replies, even if expect: stamp works.',
    },
  ],
  options: OPTIONS,
  takesWords: true,
  run: async (call) => (await loadParts()).runInit(call),
}
