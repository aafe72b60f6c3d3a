/** The output schemas in the package tell what the node returns. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { IDataObject } from 'n8n-workflow';
import { load } from '../../engine/outsideJest.mts';
import { itSince } from '../../engine/since.mts';
import { useTestBed } from '../../helpers/testBed.mts';
import { RESOURCES } from '../../helpers/resources.mts';
import { toDocumentType, toJsonBody, toRecordId } from '../../helpers/writeParameters.mts';

interface Schema {
	type?: string | string[];
	properties?: Record<string, Schema>;
	enum?: unknown[];
	version?: number;
}

const FOLDER = join(process.cwd(), 'dist/nodes/Teamogy/__schema__/v1.0.0');
/** Records that are read to see a field: not every record has a value in each. */
const RECORDS_READ = 40;

const testBed = useTestBed();

const readSchema = (resource: string, operation: string): Schema | undefined => {
	const file = join(FOLDER, resource, `${operation}.json`);
	return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Schema) : undefined;
};

const typeOf = (value: unknown): string =>
	value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value;

/** The places where a value does not have the type of the schema. */
function* findMisfits(value: unknown, schema: Schema, path = ''): Generator<string> {
	const types = [schema.type ?? []].flat();
	if (!types.includes(typeOf(value)))
		yield `${path}: ${typeOf(value)} is not ${types.join(' or ')}`;
	if (schema.enum && !schema.enum.includes(value)) yield `${path}: ${String(value)}`;
	for (const [name, inner] of Object.entries(schema.properties ?? {})) {
		const entry = (value as IDataObject | null)?.[name];
		if (entry !== undefined && entry !== null) yield* findMisfits(entry, inner, `${path}.${name}`);
	}
}

/** Expects that items fit a schema, and that one of them has each of its properties. */
function expectToFit(items: IDataObject[], schema: Schema): void {
	expect(items.length).toBeGreaterThan(0);
	for (const item of items) expect([...findMisfits(item, schema)]).toEqual([]);
	const returned = new Set(items.flatMap((item) => Object.keys(item)));
	expect(Object.keys(schema.properties!).filter((name) => !returned.has(name))).toEqual([]);
}

const run = async (parameters: object): Promise<IDataObject[]> => {
	const { error, json } = await testBed.run(parameters);
	expect(error).toBeUndefined();
	return json;
};

const ofResources = (operation: string) =>
	RESOURCES.filter(({ value }) => existsSync(join(FOLDER, value, `${operation}.json`)));

/** A body that the sandbox takes for a new record. */
function buildBody(resource: (typeof RESOURCES)[number], name: string): IDataObject {
	const [user] = testBed.sandbox.rows('users');
	// The names of required fields of users are assumptions of the sandbox.
	if (resource.value === 'user')
		return { userName: name, email: 'a@b.example', phone: '1', category: String(user.category) };
	if (!resource.documentTypes) return { name };
	const [company] = testBed.sandbox.rows('companies');
	return { ownerId: user.id, companyId: company.id, properties: { name } } as IDataObject;
}

const typeFor = ({ documentTypes }: (typeof RESOURCES)[number]): object =>
	documentTypes ? toDocumentType(documentTypes[0]) : {};

it('Documents, writes and look-ups have schemas; what is not documented has none', () => {
	const folders = readdirSync(FOLDER);
	expect(folders.filter((name) => readSchema(name, 'lookUp')).length).toBe(21);
	expect(readSchema('invoice', 'get')).toMatchObject({ type: 'object', version: 1 });
	expect(readSchema('job', 'get')).toBeUndefined();
	expect(readSchema('job', 'getAll')).toBeUndefined();
	expect(readSchema('apiRequest', 'request')).toBeUndefined();
});

itSince('2.41')('n8n finds them by the version of the node', () => {
	const { loadOutputSchema } = load('n8n-core') as {
		loadOutputSchema(place: object): Schema | undefined;
	};
	const nodeDir = join(FOLDER, '../..');
	const place = { nodeDir, version: 1, resource: 'invoice', operation: 'create' };
	expect(loadOutputSchema(place)?.properties).toEqual({
		id: { type: 'number' },
		number: { type: 'string' },
	});
});

it.each(ofResources('get').map(({ value }) => value))(
	'Get of %s fits its schema',
	async (value) => {
		const resource = RESOURCES.find((one) => one.value === value)!;
		const ids = testBed.sandbox.rows(resource.views[0]).map(({ id }) => id);
		const items: IDataObject[] = [];
		for (const id of ids.slice(0, RECORDS_READ))
			items.push(
				...(await run({ resource: value, operation: 'get', output: 'all', ...toRecordId(id) })),
			);
		expectToFit(items, readSchema(value, 'get')!);
	},
);

it.each(ofResources('getAll').map(({ value }) => value))(
	'Get Many of %s fits its schema',
	async (value) =>
		expectToFit(
			await run({ resource: value, operation: 'getAll', output: 'all', returnAll: true }),
			readSchema(value, 'getAll')!,
		),
);

it.each(ofResources('lookUp').map(({ value }) => value))(
	'Look Up of %s fits its schema, with and without a record',
	async (value) => {
		const { views } = RESOURCES.find((one) => one.value === value)!;
		const lookUp = { resource: value, operation: 'lookUp', lookUpColumn: 'id' };
		const [{ id }] = testBed.sandbox.rows(views[0]);
		for (const lookUpValue of [String(id), '987654321'])
			expectToFit(await run({ ...lookUp, lookUpValue }), readSchema(value, 'lookUp')!);
	},
);

it.each(ofResources('create').map(({ value }) => value))(
	'Create, Update and Create or Update of %s fit their schemas',
	async (value) => {
		const resource = RESOURCES.find((one) => one.value === value)!;
		const write = { resource: value, ...typeFor(resource) };
		const created = await run({
			...write,
			operation: 'create',
			...toJsonBody(buildBody(resource, 'One')),
		});
		expectToFit(created, readSchema(value, 'create')!);
		const update = readSchema(value, 'update');
		if (!update) return;
		const json = toJsonBody(buildBody(resource, 'Two'));
		const [{ id }] = created;
		expectToFit(await run({ ...write, operation: 'update', ...toRecordId(id), ...json }), update);
		const match = { matchColumn: 'id', matchValue: String(id) };
		expectToFit(
			await run({ ...write, operation: 'upsert', ...json, ...match }),
			readSchema(value, 'upsert')!,
		);
	},
);
