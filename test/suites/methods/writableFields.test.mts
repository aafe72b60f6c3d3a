/** The fields that can be written, as a model that builds workflows asks for them. */
import type { INodePropertyOptions } from 'n8n-workflow';
import { rejection } from '../../helpers/rejection.mts';
import { useTestBed } from '../../helpers/testBed.mts';

const testBed = useTestBed({ hasLateRequests: true });

const list = async (parameters: object, more: object = {}): Promise<INodePropertyOptions[]> =>
	await testBed.engine.loadOptions({
		type: 'teamogy',
		method: 'getWritableFields',
		parameters,
		...more,
	});

const find = (fields: INodePropertyOptions[], id: string) =>
	fields.find(({ value }) => value === id);

describe('The fields that can be written', () => {
	it('The fields come with their types, the required ones first', async () => {
		const fields = await list({
			resource: 'invoice',
			operation: 'create',
			documentType: { mode: 'name', value: 'INVOICE.SALES' },
		});
		expect(fields.slice(0, 2).map(({ value }) => value)).toEqual(['ownerId', 'companyId']);
		for (const { name } of fields.slice(0, 2)) expect(name).toMatch(/ \(.+, required\)$/);
		expect(find(fields, 'statusDate')).toEqual({
			name: 'statusDate (day)',
			value: 'statusDate',
			description: 'Status Date (Date)',
		});
		expect(find(fields, 'tags')?.name).toBe('tags (list)');
		expect(find(fields, 'properties.name')?.name).toBe('properties.name (text)');
		expect(find(fields, 'type')).toBeUndefined();
	});

	it('A field that points to records names some of them, with their IDs', async () => {
		const fields = await list({ resource: 'timeEntry', operation: 'create' });
		expect(find(fields, 'userId')?.name).toBe('userId (ID)');
		expect(find(fields, 'userId')?.description).toMatch(/ Values: .+ \(\d+\), .+ …$/);
	});

	it('A description has no tags of the account: the editor shows it as HTML', async () => {
		testBed.sandbox.insert('users', {
			firstName: '<a href="https://evil.example">Sign in again</a>',
			lastName: '',
		});
		const fields = await list({ resource: 'timeEntry', operation: 'create' });
		const description = find(fields, 'userId')?.description;
		expect(description).toContain('Sign in again');
		expect(description).not.toMatch(/<[a-z/]/i);
	});

	it('No update requires a field', async () => {
		const fields = await list({ resource: 'invoice', operation: 'update' });
		expect(find(fields, 'companyId')).toBeDefined();
		expect(fields.filter(({ name }) => name.includes('required'))).toEqual([]);
	});

	it('The fields say which of them are true or false', async () => {
		const fields = await list({ resource: 'company', operation: 'upsert' });
		expect(find(fields, 'isClient')?.name).toBe('isClient (true/false)');
	});

	it('The list is refused with what to pass where the resource, or the operation, is not known', async () => {
		expect((await rejection(list({}))).message).toContain('pass them, e.g. {"resource": ');
		expect((await rejection(list({ resource: 'job', operation: 'getAll' }))).message).toBe(
			'The fields depend on the operation: pass one of create, update, upsert as "operation"',
		);
		expect((await rejection(list({ resource: 'brand', operation: 'getAll' }))).message).toBe(
			'Brands have no fields to write',
		);
		expect(testBed.sandbox.log).toEqual([]);
	});

	it('The list is refused with the reason where the account cannot be read', async () => {
		const credentials = { teamogyApi: { ...testBed.sandbox.credential, apiKey: 'not-the-key' } };
		const error = await rejection(list({ resource: 'job', operation: 'create' }, { credentials }));
		expect(error.message).toMatch(/API key/);
	});
});
