import {
	DOCUMENT_CATEGORIES,
	DOCUMENT_STATUSES,
	DOCUMENT_TYPES,
	INTERVAL_TYPES,
	PROCESSES,
	REFERENCES,
	REQUIRED,
} from './config.mts';
import { isObject, type Store } from './store.mts';
import { Refusal, type SandboxOptions } from './types.mts';

type Body = Record<string, unknown>;

const STRINGS = new Set([
	'type',
	'number',
	'status',
	'category',
	'setProcess',
	'name',
	'firstName',
	'lastName',
	'userName',
	'email',
	'phone',
]);
const LISTS = new Set(['tags', 'attach', 'groupNames']);
const BOOLEANS = new Set([
	'isDisabled',
	'isDraft',
	'isClient',
	'isSupplier',
	'isCertified',
	'isBillable',
]);
const OBJECTS = new Set(['properties', 'acl', 'process', 'registrations', 'person']);
const NUMBERS = new Set([
	'hours',
	'hoursPlanned',
	'hoursBudget',
	'priceBudget',
	'clientDueDays',
	'supplierDueDays',
]);
const DATE_FIELD = /^(statusDate|date|dateTo|\w+On)$/;
const DATE_PROPERTIES = new Set([
	'createdOn',
	'supplyOn',
	'dueOn',
	'paidOn',
	'validOn',
	'clientSince',
]);

function refuse(field: string, why: string): never {
	throw new Refusal(400, `${field}: ${why}`);
}

/**
 * Checks a body of POST or PATCH. Documented: required fields, that type, status and category must be configured, dates
 * as YYYY-MM-DD. Assumptions: IDs must exist, known fields must have their kind of value; fields
 * nobody has heard of are stored, and so are `properties` that are not configured.
 */
export function check(
	entity: string,
	body: unknown,
	store: Store,
	creating?: Required<Pick<SandboxOptions, 'agencyId'>>,
): Body {
	if (!isObject(body)) throw new Refusal(400, 'The body must be a JSON object.');
	if (creating && body.id !== undefined)
		refuse('id', 'is given by Teamogy, do not send one with POST.');
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
	if (STRINGS.has(field) && typeof value !== 'string') refuse(field, 'must be a string.');
	if (NUMBERS.has(field) && typeof value !== 'number') refuse(field, 'must be a number.');
	if (BOOLEANS.has(field) && typeof value !== 'boolean') refuse(field, 'must be true or false.');
	if (OBJECTS.has(field) && !isObject(value)) refuse(field, 'must be an object.');
	if (
		LISTS.has(field) &&
		!(Array.isArray(value) && value.every((entry) => typeof entry === 'string'))
	) {
		refuse(field, 'must be a list of strings.');
	}
	if (DATE_FIELD.test(field) && !isDate(value)) refuse(field, 'must be a date, YYYY-MM-DD.');
	if (field === 'properties') {
		for (const [key, entry] of Object.entries(value as Body)) {
			if (DATE_PROPERTIES.has(key) && entry !== null && entry !== '' && !isDate(entry)) {
				refuse(`properties.${key}`, 'must be a date, YYYY-MM-DD.');
			}
		}
	}
	if (entity === 'documents') {
		if (field === 'type' && !Object.hasOwn(DOCUMENT_TYPES, value as string)) {
			refuse(field, `"${value as string}" is not configured.`);
		}
		if (field === 'status') configured(field, value, DOCUMENT_STATUSES);
		if (field === 'category') configured(field, value, DOCUMENT_CATEGORIES);
		if (field === 'setProcess') configured(field, value, PROCESSES);
	}
	if (entity === 'time' && field === 'type') configured(field, value, INTERVAL_TYPES);
}

function configured(field: string, value: unknown, known: readonly unknown[]): void {
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

/** `setProcess` is an order, no field: it starts the approval. */
export function startProcess(body: Body): Body {
	if (typeof body.setProcess !== 'string') return body;
	const { setProcess, ...fields } = body;
	return { status: 'PROCESSING', ...fields, process: { name: setProcess, state: 'RUNNING' } };
}
