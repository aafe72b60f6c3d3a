import get from 'lodash/get.js';
import { isObject } from './store.mts';
import type { PushRule, StoredRecord } from './types.mts';

/** The registers of the configuration that make Teamogy push records, by name. */
export type Registers = Record<string, string>;

interface Adapter {
	constants?: Record<string, unknown>;
	requestMapping: {
		method: string;
		url: string;
		headers?: Record<string, string>;
		body?: unknown;
	};
	responseMapping?: Record<string, unknown>;
}

/** The records that the name of an entity in registers stands for; documented is `COMPANY` alone. */
const RECORDS: Record<string, string> = { COMPANY: 'companies', JOB: 'jobs', TASK: 'tasks' };

/**
 * The outgoing calls that a set of registers configures, as documented: `CONNECTOR.RULE-{entity}` says
 * when, `CONNECTOR-{entity}` names the adapters, `ADAPTER.{entity}-{target}` says what is sent. The
 * form of the connector and the inside of a field of `responseMapping` are assumptions.
 */
export function buildPushRules(registers: Registers, secrets: Record<string, string>): PushRule[] {
	return Object.entries(registers).flatMap(([name, value]) => {
		const [, entity] = /^CONNECTOR-(.+)$/.exec(name) ?? [];
		if (!entity) return [];
		const when = parseCondition(registers[`CONNECTOR.RULE-${entity}`] ?? '');
		return value
			.trim()
			.split(/[\s,]+/)
			.map((adapter) => ({
				entity: RECORDS[entity],
				when,
				...buildCall(JSON.parse(registers[adapter]) as Adapter, secrets),
			}));
	});
}

/** `true`, or the documented comparison of a field of the record. */
function parseCondition(rule: string): PushRule['when'] {
	if (rule.trim() === 'true') return undefined;
	const form = /^\$\{evaluate:\(\$\{currentObject:([\w.]+)\}=="([^"]*)"\) \? true : false\}$/.exec(
		rule.trim(),
	);
	if (!form) throw new Error(`The sandbox does not understand the rule "${rule}".`);
	const [, path, value] = form;
	return (record) => get(record, path) === value;
}

function buildCall(
	{ constants = {}, requestMapping, responseMapping = {} }: Adapter,
	secrets: Record<string, string>,
): Omit<PushRule, 'entity' | 'when'> {
	const fixed = { constants: fill(constants, {}, secrets) };
	const { method, url, headers } = fill(requestMapping, fixed, secrets) as typeof requestMapping;
	return {
		method,
		url,
		headers,
		body: (record: StoredRecord) => fill(requestMapping.body, { ...fixed, input: record }, secrets),
		responseMapping: Object.fromEntries(parseResponseMapping(responseMapping)),
	};
}

/** Pairs of a field, of the record or of its `properties`, and the path of its value in the response. */
function parseResponseMapping({
	properties = {},
	...fields
}: Record<string, unknown>): Array<[string, string]> {
	return [
		...Object.entries(fields),
		...Object.entries(properties as object).map(([key, field]) => [`properties.${key}`, field]),
	].map(([name, field]): [string, string] => [name, parseResponsePath(field)]);
}

/** A field is an object (DOC "Adapter configuration"). What stands in it is UNKNOWN: here one template, by any name. */
function parseResponsePath(field: unknown): string {
	const inside = isObject(field) ? Object.values(field) : [];
	const [, path] = /^\$\{currentObject:response\.([\w.]+)\}$/.exec(inside.join()) ?? [];
	if (!path)
		throw new Error(`The sandbox does not understand the mapping ${JSON.stringify(field)}.`);
	return path;
}

/** Fills in `{{secret:…}}` and `${currentObject:…}` of a template. A value that stands alone keeps its type. */
function fill(template: unknown, object: object, secrets: Record<string, string>): unknown {
	if (Array.isArray(template)) return template.map((entry) => fill(entry, object, secrets));
	if (isObject(template)) {
		return Object.fromEntries(
			Object.entries(template).map(([key, entry]) => [key, fill(entry, object, secrets)]),
		);
	}
	if (typeof template !== 'string') return template;
	const alone = /^\$\{currentObject:([\w.]+)\}$/.exec(template);
	if (alone) return get(object, alone[1]) ?? null;
	return template
		.replace(/\{\{secret:([\w-]+)\}\}/g, (_all, name: string) => secrets[name] ?? '')
		.replace(/\$\{currentObject:([\w.]+)\}/g, (_all, path: string) =>
			String(get(object, path) ?? ''),
		);
}
