import type { Scenario } from './scenario.ts'
import { HOPELESS, REQUESTS, ROLLBACK, SHORT, SPLIT } from './usual-inputs.ts'

const REPLICAS = { proxies: 2 }
const READ = { proxies: 'require' }

/** Runs that read the proxies of the gateway: before a write, after it, after a restore, and while a version drains. */
export const PROXY_SCENARIOS: readonly Scenario[] = [
  {
    name: 'a shift that proxies confirm, with a step',
    world: { ...SPLIT, ...REPLICAS },
    inputs: { ...SHORT, ...READ, weight: '90', steps: '55' },
    subject: 'action',
  },
  {
    name: 'a shift that proxies confirm, and that fails',
    world: { ...SPLIT, ...REPLICAS },
    inputs: { ...HOPELESS, ...READ, 'propagation-timeout': '5s' },
    subject: 'action',
  },
  {
    name: 'a shift with stamps that proxies confirm, and that fails',
    world: { ...REQUESTS, ...REPLICAS },
    inputs: { ...HOPELESS, ...READ, 'virtual-service': 'web', expect: 'stamp' },
    subject: 'action',
  },
  {
    name: 'a shift that proxies confirm, cancelled after its write',
    world: { ...SPLIT, ...REPLICAS },
    inputs: { ...SHORT, ...READ, rate: '20' },
    subject: 'action',
    cancelled: 'written',
  },
  {
    name: 'a rollback of a killed run that read proxies',
    world: { ...SPLIT, ...REPLICAS },
    inputs: ROLLBACK,
    otherInputs: { ...SHORT, ...READ },
    subject: 'action',
    killedBefore: { whose: 'a run that may be alive', line: /^Both proxies have|✔ Both proxies/m },
  },
  {
    name: 'a shift by counters that lets a version drain',
    world: { ...SPLIT, ...REPLICAS, held: 10 },
    inputs: {
      ...{ subset: 'v2', weight: '100', tolerance: '10', confidence: '99.99', expect: '' },
      ...{ evidence: 'counters', rate: '40', 'drain-timeout': '3s' },
    },
    subject: 'action',
    isLong: true,
  },
]
