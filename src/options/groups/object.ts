import { isNamespaceName, isObjectName } from '../../kube/names.ts'
import type { RouteSelector } from '../../routes/wanted.ts'
import { ALL_MODES, option, WEIGHING } from '../option.ts'
import { parseRoute } from '../parse/route.ts'
import { oneOf, textThat } from '../parsers.ts'
import type { Reader } from '../reader.ts'
import type { Mode } from '../values.ts'

export const MODE = option<Mode>({
  name: 'mode',
  type: 'shift, verify, plan, rollback or status',
  placeholder: 'shift|verify|plan|rollback|status',
  default: 'shift',
  text: 'shift: write the weights, then confirm them with real connections. verify: write nothing and confirm the split. plan: write nothing, open no connection, and show the edit and the number of connections that its checks take. rollback: restore the weights from before a run that was interrupted or is still in progress. status: write nothing and show whether a run is in progress and what a rollback would restore. rollback and status take no weights and open no connection.',
  modes: ALL_MODES,
  parse: oneOf('shift', 'verify', 'plan', 'rollback', 'status'),
})

const NAMESPACE = option({
  name: 'namespace',
  type: 'name',
  placeholder: 'NAME',
  text: 'Namespace of the VirtualService.',
  modes: ALL_MODES,
  required: 'always',
  parse: textThat(
    isNamespaceName,
    'a namespace name: at most 63 lower-case letters, digits and dashes (RFC 1123 label)',
  ),
})

const VIRTUAL_SERVICE = option({
  name: 'virtual-service',
  type: 'name',
  placeholder: 'NAME',
  text: 'Name of the VirtualService.',
  modes: ALL_MODES,
  required: 'always',
  parse: textThat(
    isObjectName,
    'the name of a VirtualService, without its namespace: lower-case letters, digits, dashes and dots (RFC 1123 subdomain)',
  ),
})

const ROUTE = option<RouteSelector>({
  name: 'route',
  type: 'tcp, tcp:PORT or tcp[I]',
  placeholder: 'tcp|tcp:PORT|tcp[I]',
  brief:
    'The rule to shift, by its port or its position from 0. Required only if several rules fit.',
  text: 'The rule of the VirtualService to shift. I is its position in the object, counted from 0. Required only if several rules fit; the error then lists them.',
  modes: [...WEIGHING, 'status'],
  parse: ({ text, mustBe }) =>
    parseRoute(text) ??
    mustBe(
      'tcp, tcp:PORT with a port from 1 to 65535, or tcp[I] with the position of the rule, counted from 0',
      'ITS-ROUTE-INVALID',
    ),
})

const MANIFEST = option({
  name: 'manifest',
  type: 'path of a YAML file',
  placeholder: 'PATH',
  brief:
    'Use this YAML file in place of a cluster: plan shows the edit, shift writes it. verify confirms its weights.',
  text: 'The file that holds the VirtualService in a repository (GitOps). plan shows the edit of the file and shift writes it, one step per run; neither uses a cluster. verify with weights: current confirms the weights in the file.',
  parse: textThat(
    (text) => !text.includes('\n'),
    'the path of a YAML file, not the content of the file',
  ),
})

export const OBJECT_OPTIONS = {
  title: 'Object',
  options: [MODE, NAMESPACE, VIRTUAL_SERVICE, ROUTE, MANIFEST],
}

export type ObjectOptions = {
  namespace: string
  virtualService: string
  route: RouteSelector
  /** The YAML file that `shift` and `plan` edit instead of a cluster, and that has the current weights for `verify`. */
  manifest: string | undefined
}

export function readObject(reader: Reader): ObjectOptions {
  return {
    namespace: reader.required(NAMESPACE) ?? '',
    virtualService: reader.required(VIRTUAL_SERVICE) ?? '',
    route: reader.optional(ROUTE) ?? { kind: 'any' },
    manifest: reader.optional(MANIFEST),
  }
}
