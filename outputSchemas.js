/**
 * What the operations return, for people and models before a node has run: documented fields alone, since each account
 * configures the rest. Built from the compiled resources and fields.
 */
const { parameters } = require('./dist/nodes/operations/registry');
const { ALL_RESOURCES } = require('./dist/nodes/api/schema/resources');
const { getDocumentedFields } = require('./dist/nodes/api/schema/fields');

/** Types of JSON schema by the kinds of documented fields. Lists and objects are left out: Simplified has none. */
const TYPES = {
	string: 'string',
	number: 'number',
	id: 'number',
	boolean: 'boolean',
	date: 'string',
};

/** The columns of views that are documented, by resource (DOC "Views", CLIENT: names in examples). */
const VIEW_COLUMNS = {
	document: { id: 'number', type: 'string', status: 'string' },
	invoice: { id: 'number', type: 'string', status: 'string' },
	person: { id: 'number', firstName: 'string', lastName: 'string' },
};

const toSchema = (properties) => ({ type: 'object', properties, version: 1 });

const toTypes = (types) =>
	Object.fromEntries(Object.entries(types).map(([name, type]) => [name, { type }]));

/** Documents answer a write with the ID and the registration number (DOC), other entities with the ID. */
const describeSaved = ({ documentTypes }) =>
	toTypes({ id: 'number', ...(documentTypes && { number: 'string' }) });

/** The fields of a document that hold one value; entries of `properties` have other names in Simplified. */
const describeDocument = ({ entity }) =>
	toTypes({
		id: 'number',
		type: 'string',
		...Object.fromEntries(
			getDocumentedFields(entity)
				.filter(({ id, kind }) => TYPES[kind] && !id.includes('.') && id !== 'setProcess')
				.map(({ id, kind }) => [id, TYPES[kind]]),
		),
	});

/** The properties that an operation returns, by its name; undefined where none is documented. */
const DESCRIBE = {
	create: describeSaved,
	update: describeSaved,
	upsert: (resource) => ({
		teamogyEvent: { type: 'string', enum: ['created', 'updated'] },
		...describeSaved(resource),
	}),
	get: (resource) => (resource.documentTypes ? describeDocument(resource) : undefined),
	getAll: ({ value }) => VIEW_COLUMNS[value] && toTypes(VIEW_COLUMNS[value]),
	lookUp: () => ({
		teamogy: { type: ['object', 'null'], properties: { id: { type: 'number' } } },
	}),
};

/** Lists the schemas by resource and operation. */
exports.listOutputSchemas = () =>
	parameters
		.filter(({ name }) => name === 'operation')
		.flatMap(({ displayOptions, options }) => {
			const [value] = displayOptions.show.resource;
			const resource = ALL_RESOURCES.find((one) => one.value === value);
			return options.flatMap(({ value: operation }) => {
				const properties = DESCRIBE[operation]?.(resource);
				return properties ? [{ resource: value, operation, schema: toSchema(properties) }] : [];
			});
		});
