import type { Recognition } from '../../../evidence/probe/classify.ts'
import { attributesCut, defaultErrors } from '../../../evidence/probe/default-errors.ts'
import {
  type Expectation,
  type StatusRange,
  statusText,
} from '../../../evidence/probe/expectation.ts'
import type { Probe } from '../../../evidence/probe/probe.ts'
import { probeWarnings } from '../../../evidence/probe/probe-for.ts'
import { probeOf } from '../../../evidence/probe/probes.ts'
import { startStamps } from '../../../evidence/probe/stamps.ts'
import type { FoundGateway } from '../../../gateways/gateway-search.ts'
import { inputProblem, type Problem } from '../../../problem/problem.ts'
import { failure, type Result, success } from '../../../problem/result.ts'
import type { Rule } from '../../../routes/rule.ts'
import { STAMP_HEADER } from '../../../routes/weights/stamps.ts'
import type { Context } from '../../model/context.ts'
import { settingsFor } from './request-of.ts'

/** What takes the samples of a run, and what their destinations and errors are recognized by. */
export type Probing = { probe: Probe; recognition: Recognition; warnings: Problem[] }

/** @param expect in the order of the rule's destinations */
export function probingOf(
  context: Context,
  rule: Rule,
  located: FoundGateway,
  expect: readonly Expectation[],
): Result<Probing> {
  const { options } = context
  const settings = settingsFor(context, rule, located)
  if (!settings.ok) return settings
  const { kind } = settings.value
  const errors = defaultErrors(kind, options)
  if (errors === undefined && options.errors !== undefined) return failure(errorsNotSeen(kind))
  if (
    options.maxErrors !== undefined &&
    errors === undefined &&
    !attributesCut(kind, options.probe)
  )
    return failure(maxErrorsNotSeen(kind))
  const unseen = unseenStatuses(kind, expect, options.errors)
  if (unseen.length > 0) return failure(...unseen)
  return success({
    probe: probeOf(settings.value),
    warnings: probeWarnings(settings.value),
    recognition: {
      expect,
      errors: errors && (options.errors ?? errors),
      attributesCut: attributesCut(kind, options.probe),
      stamps: options.stamp ? startStamps(STAMP_HEADER) : undefined,
    },
  })
}

function errorsNotSeen(kind: string): Problem {
  return inputProblem(
    'errors',
    'ITS-INPUTS-CONFLICT',
    `errors is only used with probe: http or grpc, and samples of this rule are taken with probe: ${kind}.`,
    'Remove errors, or set probe.',
  )
}

function maxErrorsNotSeen(kind: string): Problem {
  return inputProblem(
    'max-errors',
    'ITS-INPUTS-CONFLICT',
    `max-errors needs samples that show errors, and samples of this rule are taken with probe: ${kind}${kind === 'tcp' ? ' and reply-until: match' : ''}.`,
    kind === 'tcp' ? 'Use another reply-until, or remove max-errors.' : 'Remove max-errors.',
  )
}

/** Statuses that no reply to this probe has. With them, errors would go unseen and expectations would never match. */
function unseenStatuses(
  kind: string,
  expect: readonly Expectation[],
  errors: readonly StatusRange[] = [],
): Problem[] {
  if (kind === 'grpc')
    return errors.length === 0 || errors.some(isGrpcName) ? [] : [errorsWithoutName(errors)]
  if (kind !== 'http') return []
  const given = [
    { input: 'errors' as const, name: 'errors', statuses: errors },
    ...expect.map(({ destination, status = [] }) => ({
      input: 'expect' as const,
      name: `expect.${destination}.status`,
      statuses: status,
    })),
  ]
  return given.flatMap(({ input, name, statuses }) =>
    statuses
      .filter(isGrpcName)
      .map((status) =>
        inputProblem(
          input,
          'ITS-STATUS-INVALID',
          `${name}: ${statusText(status)} is a gRPC status, and samples of this rule are taken with probe: http, whose replies have none.`,
          'Use an HTTP status such as 503 or 5xx, or set probe: grpc.',
        ),
      ),
  )
}

function isGrpcName(status: StatusRange): boolean {
  return 'grpc' in status
}

function errorsWithoutName(errors: readonly StatusRange[]): Problem {
  return inputProblem(
    'errors',
    'ITS-STATUS-INVALID',
    `errors has only HTTP statuses (${errors.map(statusText).join(', ')}), and samples of this rule are taken with probe: grpc. A gRPC call that fails has HTTP status 200.`,
    'Add names of gRPC statuses, such as UNAVAILABLE, or leave errors out.',
  )
}
