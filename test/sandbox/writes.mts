import {
	CHOICES,
	DOCUMENT_TYPES,
	PROCESSES,
	REFERENCES,
	REQUIRED,
	typeOfProperty,
} from './config.mts';
import { isObject, type Store } from './store.mts';
import { Refusal, type PropertyType, type SandboxOptions } from './types.mts';

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
	'isCancelled',
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
export function check(
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
	if (field === 'properties') checkProperties(value as Body, store.propertyTypes(entity));
	if (entity === 'documents') {
		if (field === 'type' && !Object.hasOwn(DOCUMENT_TYPES, value as string)) {
			refuse(field, `"${value as string}" is not configured.`);
		}
		if (field === 'setProcess') configured(field, value, PROCESSES);
	}
	const choices = CHOICES[entity];
	if (choices && Object.hasOwn(choices, field)) configured(field, value, choices[field]);
}

/** An empty text clears an entry of any type (assumption). */
function checkProperties(given: Body, known: Readonly<Record<string, PropertyType>>): void {
	for (const [key, value] of Object.entries(given)) {
		const field = `properties.${key}`;
		if (!Object.hasOwn(known, key)) refuse(field, 'is not configured.');
		if (value === null || value === '') continue;
		const type = known[key];
		if (type === 'date' && !isDate(value)) refuse(field, 'must be a date, YYYY-MM-DD.');
		if (type !== 'date' && typeOfProperty(value) !== type) refuse(field, `must be a ${type}.`);
	}
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
