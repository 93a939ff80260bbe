import { type Problem, problem } from '../problem/problem.ts'

/** The error for own samples of a rule that only proxies of the mesh have. `why` is a sentence. */
export function ruleOfMesh(why: string): Problem {
  return problem(
    'ITS-NO-GATEWAY',
    `${why} So there is no gateway to connect to.`,
    'Set connect: job, so that Pods of the mesh take the samples. Or set evidence: counters, traffic: users and client-pods, so that the proxies of clients show what users do.',
  )
}
