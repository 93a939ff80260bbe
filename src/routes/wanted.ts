/** Which rule of a route object the input `route` names; `any`: the only one that fits. */
export type RouteSelector =
  | { kind: 'any' }
  | { kind: 'tcp'; port: number | undefined; index?: number }
  /** Rules that cannot be shifted yet; `text` is the input as given. */
  | { kind: 'tls' | 'http'; text: string }

/** The weights that are asked for. */
export type Wanted =
  | { kind: 'weight'; subset: string; percent: number }
  | { kind: 'weights'; percents: Readonly<Record<string, number>> }
  /** `verify` only: the weights that the object has. */
  | { kind: 'current' }
