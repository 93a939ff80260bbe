import { SURE } from '../../../../kit/run/run.ts'

/** A shift that Pods of a Job confirm, without proxies, so that nothing but them shows the split. */
export const SHIFT = {
  proxies: 'off',
  connect: 'job',
  subset: 'v2',
  weight: '60',
  tolerance: '35',
  confidence: SURE,
} as const

/** Without it, a second Job follows, whose pace the first one measures. */
export const PACE = { rate: '200' } as const
