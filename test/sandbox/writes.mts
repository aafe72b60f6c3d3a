import {
	CHOICES,
	DOCUMENT_TYPES,
	PROCESSES,
	REFERENCES,
	REQUIRED,
	getPropertyType,
} from './config.mts';
import { isObject, type Store } from './store.mts';
import { Refusal, type PropertyType, type SandboxOptions } from './types.mts';

type Body = Record<string, unknown>;

/** The kind of value of known fields (assumptions): what a message calls it, which fields have it, and its check. */
const KINDS: Array<[name: string, fields: string[], isOfKind: (value: unknown) => boolean]> = [
	[
		'a string',
		'type number status category setProcess name firstName lastName userName email phone'.split(
			' ',
		),
		(value) => typeof value === 'string',
	],
	[
		'a number',
		'hours hoursPlanned hoursBudget priceBudget clientDueDays supplierDueDays'.split(' '),
		(value) => typeof value === 'number',
	],
	[
		'true or false',
		'isDisabled isDraft isClient isSupplier isCertified isBillable isCancelled'.split(' '),
		(value) => typeof value === 'boolean',
	],
	['an object', 'properties acl process registrations person'.split(' '), isObject],
	[
		'a list of strings',
		'tags attach groupNames'.split(' '),
		(value) => Array.isArray(value) && value.every((entry) => typeof entry === 'string'),
	],
];
const DATE_FIELD = /^(statusDate|date|dateTo|\w+On)$/;
function refuse(field: string, why: string): never {
	throw new Refusal(400, `${field}: ${why}`);
}

/**
 * Checks a body of POST or PATCH. Documented: required fields; that type, status and category, and the keys of
 * `properties` with their types of value, must be configured; dates as YYYY-MM-DD. Assumptions: IDs must exist, known
 * fields must have their kind of value.
 *
 * Nothing else is documented, so everything else is taken: fields nobody has heard of are stored, and so are a company
 * without a name, a time record of no user, no hours and no job, a task of no job.
 */
export function checkBody(
	entity: string,
	body: unknown,
	store: Store,
	creating?: Required<Pick<SandboxOptions, 'agencyId'>>,
): Body {
	if (!isObject(body)) throw new Refusal(400, 'The body must be a JSON object.');
	if (creating) {
		const ofUnit = entity === 'documents' && creating.agencyId === 'required' ? ['agencyId'] : [];
		for (const field of [...(REQUIRED[entity] ?? []), ...ofUnit]) {
			if (body[field] === undefined || body[field] === null || body[field] === '')
				refuse(field, 'is required.');
		}
	}
	for (const [field, value] of Object.entries(body)) checkField(entity, field, value, store);
	return body;
}

function checkField(entity: string, field: string, value: unknown, store: Store): void {
	if (value === null) {
		if (REQUIRED[entity]?.includes(field)) refuse(field, 'is required.');
		return;
	}
	if (Object.hasOwn(REFERENCES, field)) checkId(field, REFERENCES[field], value, store);
	if (field === 'participantIds') {
		if (!Array.isArray(value)) refuse(field, 'must be a list of user IDs.');
		for (const id of value) checkId(field, 'users', id, store);
	}
	for (const [name, fields, isOfKind] of KINDS) {
		if (fields.includes(field) && !isOfKind(value)) refuse(field, `must be ${name}.`);
	}
	if (DATE_FIELD.test(field) && !isDate(value)) refuse(field, 'must be a date, YYYY-MM-DD.');
	if (field === 'properties') checkProperties(value as Body, store.propertyTypes(entity));
	if (entity === 'documents') {
		if (field === 'type' && !Object.hasOwn(DOCUMENT_TYPES, value as string)) {
			refuse(field, `"${value as string}" is not configured.`);
		}
		if (field === 'setProcess') checkConfigured(field, value, PROCESSES);
	}
	const choices = CHOICES[entity];
	if (choices && Object.hasOwn(choices, field)) checkConfigured(field, value, choices[field]);
}

/** An empty text clears an entry of any type (assumption). */
function checkProperties(properties: Body, known: Readonly<Record<string, PropertyType>>): void {
	for (const [key, value] of Object.entries(properties)) {
		const field = `properties.${key}`;
		if (!Object.hasOwn(known, key)) refuse(field, 'is not configured.');
		if (value === null || value === '') continue;
		const type = known[key];
		if (type === 'date' && !isDate(value)) refuse(field, 'must be a date, YYYY-MM-DD.');
		if (type !== 'date' && getPropertyType(value) !== type) refuse(field, `must be a ${type}.`);
	}
}

function checkConfigured(field: string, value: unknown, known: readonly unknown[]): void {
	if (!known.includes(value))
		refuse(field, `"${String(value)}" is not configured. Known: ${known.join(', ')}.`);
}

function checkId(field: string, collection: string, value: unknown, store: Store): void {
	if (!Number.isInteger(value)) refuse(field, 'must be an ID (an integer).');
	const found = store.find(collection, value);
	if (!found || (field === 'binderId' && found.type !== 'BINDER')) {
		refuse(field, `there is no record with the ID ${String(value)}.`);
	}
}

function isDate(value: unknown): boolean {
	if (typeof value !== 'string' || !/^\d{4}-\d{2}-\d{2}$/.test(value)) return false;
	const time = Date.parse(`${value}T00:00:00Z`);
	return !Number.isNaN(time) && new Date(time).toISOString().startsWith(value);
}

/** Replaces `setProcess`, which is a command and no field, by the approval that it starts. */
export function startProcess(body: Body): Body {
	if (typeof body.setProcess !== 'string') return body;
	const { setProcess, ...fields } = body;
	return { status: 'PROCESSING', ...fields, process: { name: setProcess, state: 'RUNNING' } };
}
