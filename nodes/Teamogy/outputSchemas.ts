import { ALL_RESOURCES, type Resource } from '../api/schema/resources';
import { getDocumentedFields, type FieldKind } from '../api/schema/fields';
import { OPERATIONS } from '../operations/registry';

interface Schema {
	type: string | string[];
	enum?: string[];
	properties?: Record<string, Schema>;
}

type Properties = Record<string, Schema>;

/** Types of JSON schema by the kinds of documented fields. Lists and objects are left out: Simplified has none. */
const TYPES: Partial<Record<FieldKind, string>> = {
	string: 'string',
	number: 'number',
	id: 'number',
	boolean: 'boolean',
	date: 'string',
};

const toProperties = (types: Record<string, string>): Properties =>
	Object.fromEntries(Object.entries(types).map(([name, type]) => [name, { type }]));

/** The columns of views that are documented, by resource (DOC "Views", CLIENT: names in examples). */
const VIEW_COLUMNS: Record<string, Properties> = {
	document: toProperties({ id: 'number', type: 'string', status: 'string' }),
	invoice: toProperties({ id: 'number', type: 'string', status: 'string' }),
	person: toProperties({ id: 'number', firstName: 'string', lastName: 'string' }),
};

/** Documents answer a write with the ID and the registration number (DOC), other entities with the ID; the keys are INFERRED. */
const describeSaved = ({ documentTypes }: Resource): Properties =>
	toProperties({ id: 'number', ...(documentTypes && { number: 'string' }) });

/** The fields of a document that hold one value; entries of `properties` have other names in Simplified. */
const describeDocument = ({ entity }: Resource): Properties => {
	const fields = getDocumentedFields(entity!).flatMap(({ id, kind }): Array<[string, string]> => {
		const type = id.includes('.') || id === 'setProcess' ? undefined : TYPES[kind];
		return type ? [[id, type]] : [];
	});
	return toProperties({ id: 'number', type: 'string', ...Object.fromEntries(fields) });
};

/** The properties that an operation returns, by its name; undefined where none is documented. */
const DESCRIBE: Record<string, (resource: Resource) => Properties | undefined> = {
	create: describeSaved,
	update: describeSaved,
	upsert: (resource) => ({
		teamogyEvent: { type: 'string', enum: ['created', 'updated'] },
		...describeSaved(resource),
	}),
	get: (resource) => (resource.documentTypes ? describeDocument(resource) : undefined),
	getAll: ({ value }) => VIEW_COLUMNS[value],
	lookUp: () => ({
		teamogy: { type: ['object', 'null'], properties: toProperties({ id: 'number' }) },
	}),
};

/**
 * Lists what the operations return, for people and models before a node has run: documented fields and the keys of
 * write responses (INFERRED) alone, since each account configures the rest. The build writes the schemas where n8n looks for them, see gulpfile.js.
 */
export const listOutputSchemas = () =>
	ALL_RESOURCES.flatMap((resource) =>
		OPERATIONS.filter((operation) => operation.isOfferedBy(resource)).flatMap(({ value }) => {
			const properties = DESCRIBE[value]?.(resource);
			const schema = { type: 'object', properties, version: 1 };
			return properties ? [{ resource: resource.value, operation: value, schema }] : [];
		}),
	);
