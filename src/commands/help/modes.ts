import type { Mode } from '../../options/options.ts'

/** What a mode does, and a command that shows it. */
export type ModeText = { summary: string; more: string; example: readonly string[] }

const OBJECT = 'VirtualService/tcp-echo -n demo'

export const MODES: Readonly<Record<Mode, ModeText>> = {
  shift: {
    summary: 'Write the weights, then confirm them with real connections.',
    more: 'If they are not confirmed, the previous weights are restored.',
    example: [
      `istio-traffic-shift shift ${OBJECT}`,
      '--subset v2 --weight 20 --steps 5',
      `--expect '{v1: "^one", v2: "^two"}'`,
    ],
  },
  verify: {
    summary: 'Write nothing. Confirm the split with real connections.',
    more: 'The weights are those of the route object (current), or those that you give.',
    example: [
      `istio-traffic-shift verify ${OBJECT}`,
      `--weights current --expect '{v1: "^one", v2: "^two"}'`,
    ],
  },
  plan: {
    summary: 'Write nothing and open no connection. Show what shift would do.',
    more: 'The API server validates the edit with a dry run. shift --dry-run is the same.',
    example: [`istio-traffic-shift plan ${OBJECT}`, '--subset v2 --weight 20'],
  },
  rollback: {
    summary: 'Restore the weights from before an interrupted run.',
    more: 'A run that is still in progress ends when its weights are restored.',
    example: [`istio-traffic-shift rollback ${OBJECT}`],
  },
  status: {
    summary: 'Write nothing. Show whether a run is in progress.',
    more: 'Also shows the weights in force, and what a rollback would restore.',
    example: [`istio-traffic-shift status ${OBJECT}`],
  },
}
