import type { Recognition } from '../../evidence/probe/classify.ts'
import type { FoundAddress, FoundGateway } from '../../gateways/gateway-search.ts'
import type { ShiftPlan } from '../plan/shift-plan.ts'

/** The samples that are to be taken: where they go, and what they are recognized by. */
export type Taken = {
  shiftPlan: ShiftPlan
  located: FoundGateway
  address: FoundAddress
  recognition: Recognition
}
