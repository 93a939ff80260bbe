import { SECOND_WRITE } from './calls.ts'
import type { Scenario } from './scenario.ts'
import { MAY_BE_ALIVE, REQUESTS, ROLLBACK, SHORT, SPLIT } from './usual-inputs.ts'

/** A shift whose first step passes. With an overloaded v2, the second one never does. */
const STEPS = { ...SHORT, weight: '90', steps: '55', 'propagation-timeout': '0s' }
const LAST_STEP = { ...STEPS, 'on-failure': 'last-step' }
const OVERLOADED = { overloaded: { version: 'v2', above: 60 } }
const WATCHED = { ...STEPS, 'step-interval': '2s', rate: '40' }
const WATCH = /^.*Watch v1 /m

/** Runs that go back to their last confirmed step. */
export const LAST_STEP_SCENARIOS: readonly Scenario[] = [
  {
    name: 'a shift whose second step fails, on-failure: last-step',
    world: { ...SPLIT, ...OVERLOADED },
    inputs: LAST_STEP,
    subject: 'action',
    adorned: true,
    toStep: true,
  },
  {
    name: 'a shift to a new destination whose second step fails, on-failure: last-step',
    world: OVERLOADED,
    inputs: LAST_STEP,
    subject: 'action',
    toStep: true,
  },
  {
    name: 'a shift with stamps whose second step fails, on-failure: last-step',
    world: { ...REQUESTS, ...OVERLOADED },
    inputs: { ...LAST_STEP, 'virtual-service': 'web', expect: 'stamp' },
    subject: 'action',
    toStep: true,
  },
  {
    name: 'a shift whose steps pass, on-failure: last-step',
    world: SPLIT,
    inputs: LAST_STEP,
    subject: 'action',
    toStep: true,
  },
  {
    name: 'post after the write of a second step, on-failure: last-step',
    world: { ...SPLIT, ...OVERLOADED },
    inputs: LAST_STEP,
    subject: 'post',
    toStep: true,
    killedBefore: {
      whose: 'this step',
      moment: 'carried out, not answered',
      write: SECOND_WRITE,
    },
  },
  {
    name: 'post after the write of a second step that may be on its way, on-failure: last-step',
    world: { ...SPLIT, ...OVERLOADED },
    inputs: LAST_STEP,
    subject: 'post',
    toStep: true,
    killedBefore: { whose: 'this step', moment: 'before it is sent', write: SECOND_WRITE },
  },
  {
    name: 'a rollback of a killed run, on-failure: last-step',
    world: { ...SPLIT, ...OVERLOADED },
    inputs: ROLLBACK,
    subject: 'action',
    toStep: true,
    killedBefore: { ...MAY_BE_ALIVE, write: SECOND_WRITE },
    otherInputs: LAST_STEP,
  },
]

/** Runs whose confirmed steps are watched. */
export const WATCH_SCENARIOS: readonly Scenario[] = [
  {
    name: 'a shift whose watched step raises an alarm',
    world: SPLIT,
    inputs: WATCHED,
    subject: 'action',
    breaks: { version: 'v2', line: WATCH },
  },
  {
    name: 'a shift with a watched step',
    world: SPLIT,
    inputs: WATCHED,
    subject: 'action',
  },
  {
    name: 'post after a run that was killed while it watched a step',
    world: SPLIT,
    inputs: WATCHED,
    subject: 'post',
    killedBefore: { whose: 'this step', line: WATCH },
  },
  {
    name: 'post after a run that was killed while it watched a step, on-failure: last-step',
    world: SPLIT,
    inputs: { ...WATCHED, 'on-failure': 'last-step' },
    subject: 'post',
    killedBefore: { whose: 'this step', line: WATCH },
  },
]
