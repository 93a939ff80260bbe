import { ROUTE, WEB_ROUTE } from '../../run/object.ts'
import { TUTORIAL, WEB } from '../../run/run.ts'

/** A run with `connect: job` that is killed. */
export type JobRun = {
  name: string
  route: typeof ROUTE
  /** Others of a usual step are not given. */
  inputs: Readonly<Record<string, string>>
  /** The weights that it leaves where nothing stops it. */
  leaves: 'as asked' | 'as it began'
}

export const BEGAN = { v1: 80, v2: 20 }
export const ASKED = { v1: 40, v2: 60 }

/** How long a run may take, and with it its Jobs. */
export const TIMEOUT_SECONDS = 60
/** After the limits of a Job, with what a run adds to its own: its rollback, 5 s for clocks, and 60 s until Jobs that ended go. */
export const LIMITS_MS = (TIMEOUT_SECONDS + 7 + 5 + 60) * 1000

/** Wide enough to be confirmed by some dozen samples. */
const SHIFT = {
  connect: 'job',
  proxies: 'off',
  subset: 'v2',
  weight: '60',
  tolerance: '35',
  confidence: '99.99',
  timeout: `${TIMEOUT_SECONDS}s`,
}
const TCP = { ...TUTORIAL, ...SHIFT }
const RATE = { rate: '300' }

export const JOB_RUNS: readonly JobRun[] = [
  {
    name: 'with a measuring Job and two Pods',
    route: ROUTE,
    inputs: { ...TCP, 'job-pods': '2' },
    leaves: 'as asked',
  },
  {
    name: 'with rate and a payload in a Secret',
    route: ROUTE,
    inputs: { ...TCP, ...RATE, payload: 'hello\\n' },
    leaves: 'as asked',
  },
  {
    name: 'with rate, two Pods and a masked header in a Secret',
    route: WEB_ROUTE,
    inputs: {
      ...WEB,
      ...SHIFT,
      ...RATE,
      'job-pods': '2',
      'probe-headers': '{authorization: Bearer opensesame}',
    },
    leaves: 'as asked',
  },
  {
    name: 'with rate, whose check confirms nothing',
    route: ROUTE,
    inputs: { ...TCP, ...RATE, connections: '1', 'propagation-timeout': '0s' },
    leaves: 'as it began',
  },
]
