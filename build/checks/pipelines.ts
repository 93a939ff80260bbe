import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv'
import { load, loadAll } from 'js-yaml'
import { cached, moduleFolder, pythonFile, root } from './tools.ts'

type Schema = Record<string, unknown>

const TEKTON = 'config/300-crds'
const ARGO = 'manifests/base/crds/full'

/** The pipelines of other CI systems, and the schema of each. */
const CHECKED: readonly [schema: () => Validate, ...files: string[]][] = [
  [
    vendored('gitlab-ci'),
    'templates/traffic-shift/template.yml',
    ...['gitlab-ci', 'http-gitlab-ci', 'grpcroute-gitlab-ci'].map((name) => `examples/${name}.yml`),
    'examples/other-ci/gitlab-component.yml',
  ],
  [
    vendored('azure-pipelines'),
    'examples/other-ci/azure-template.yml',
    'examples/other-ci/azure-pipelines.yml',
  ],
  [vendored('circle-ci'), 'examples/other-ci/circleci.yml'],
  [resource('tekton', `${TEKTON}/300-task.yaml`, 'v1'), 'examples/other-ci/tekton-task.yml'],
  [resource('tekton', `${TEKTON}/300-taskrun.yaml`, 'v1'), 'examples/other-ci/tekton-taskrun.yml'],
  [
    resource('argo', `${ARGO}/argoproj.io_workflowtemplates.yaml`, 'v1alpha1'),
    'examples/other-ci/argo-template.yml',
  ],
  [
    resource('argo', `${ARGO}/argoproj.io_workflows.yaml`, 'v1alpha1'),
    'examples/other-ci/argo-workflow.yml',
  ],
]

/** What is wrong with the pipelines by the schemas of their systems, as lines. */
export function pipelineFaults(): string[] {
  return CHECKED.flatMap(([schema, ...files]) => {
    const validate = schema()
    return files.flatMap((file) => {
      const text = readFileSync(path.join(root, file), 'utf8')
      const errors = loadAll(text).flatMap(validate)
      return errors.map(
        ({ instancePath, message, params }) =>
          `${file}: ${instancePath || '/'} ${message} ${JSON.stringify(params)}`,
      )
    })
  })
}

type Validate = (document: unknown) => readonly ErrorObject[]

/** A schema of check-jsonschema. */
function vendored(name: string): () => Validate {
  return () => {
    const folder = 'check_jsonschema/builtin_schemas/vendor'
    const validate = compiled(JSON.parse(readFileSync(pythonFile(folder, `${name}.json`), 'utf8')))
    // Azure Pipelines reads numbers as texts, and its schema has no others.
    const isAzure = name === 'azure-pipelines'
    return (document) =>
      validate(isAzure ? numbersAsTexts(document) : document) ? [] : (validate.errors ?? [])
  }
}

/** The schema of a custom resource, which refuses unknown fields as an API server does. */
function resource(module: 'tekton' | 'argo', file: string, version: string): () => Validate {
  return () => {
    const kept = cached(`${module}-${path.basename(file, '.yaml')}.json`)
    if (!existsSync(kept)) {
      const text = readFileSync(path.join(moduleFolder(module), file), 'utf8')
      writeFileSync(kept, JSON.stringify(load(text)))
    }
    const definition: Definition = JSON.parse(readFileSync(kept, 'utf8'))
    const found = definition.spec.versions.find(({ name }) => name === version)
    if (found === undefined) throw new Error(`${file} has no version ${version}`)
    return (document) => {
      const validate = compiled(closed(found.schema.openAPIV3Schema, document))
      return validate(document) ? [] : (validate.errors ?? [])
    }
  }
}

type Definition = { spec: { versions: { name: string; schema: { openAPIV3Schema: Schema } }[] } }

function compiled(schema: Schema): ValidateFunction {
  const lenient = { strict: false, validateFormats: false, unicodeRegExp: false }
  return new Ajv({ ...lenient, logger: false }).compile(schema)
}

/**
 * The schema with `additionalProperties: false` where an API server removes unknown fields, and only with the properties
 * that the value has: with those of all volumes and containers, it would take long to compile.
 */
function closed(schema: Schema, value: unknown): Schema {
  const { properties, items, additionalProperties } = schema
  const made: Schema = { ...schema }
  if (isSchema(items)) {
    const elements: readonly unknown[] = Array.isArray(value) ? value : []
    // A list of schemas is one for each element.
    if (elements.length > 0) made.items = elements.map((element) => closed(items, element))
  }
  const fields = isSchema(value) ? value : {}
  if (isSchema(properties)) {
    made.properties = Object.fromEntries(
      Object.entries(properties).flatMap(([name, property]) =>
        name in fields && isSchema(property) ? [[name, closed(property, fields[name])]] : [],
      ),
    )
    if (additionalProperties === undefined && !schema['x-kubernetes-preserve-unknown-fields'])
      made.additionalProperties = false
  }
  return made
}

function numbersAsTexts(value: unknown): unknown {
  if (typeof value === 'number') return String(value)
  if (Array.isArray(value)) return value.map(numbersAsTexts)
  if (!isSchema(value)) return value
  return Object.fromEntries(Object.entries(value).map(([name, of]) => [name, numbersAsTexts(of)]))
}

function isSchema(value: unknown): value is Schema {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
