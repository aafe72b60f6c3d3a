/** The records that a field of a write may point to: the editor lists them by name. */
import type { INodePropertyOptions, ResourceMapperField } from 'n8n-workflow';
import { useTestBed } from '../../helpers/testBed.mts';
import { fieldsById, loadFields } from '../../helpers/writeParameters.mts';

const testBed = useTestBed({ rows: { jobs: 1234 }, hasLateRequests: true });

const fieldsOf = async (parameters: object, more?: object) =>
	await loadFields(testBed, { operation: 'create', ...parameters }, more);

describe('Records to choose by name', () => {
	const optionsOf = (field: ResourceMapperField) => field.options as INodePropertyOptions[];
	const viewsAsked = () => testBed.sandbox.log.map(({ view }) => view);

	it('A time entry lists people, jobs and tasks by name, the open and newest first, in one request for each list', async () => {
		const { userId, jobId, taskId, agencyId } = fieldsById(
			await fieldsOf({ resource: 'timeEntry' }),
		);
		expect(viewsAsked().toSorted()).toEqual(
			['intervals.track', 'jobs', 'tasks', 'units', 'users'].toSorted(),
		);
		expect(optionsOf(userId).map(({ name }) => name)).toContain('Ema Nováková (11)');
		expect(optionsOf(userId)).toHaveLength(testBed.sandbox.rows('users').length);
		expect(optionsOf(agencyId)).toHaveLength(testBed.sandbox.rows('units').length);
		const jobs = testBed.sandbox.rows('jobs');
		const isOpen = new Map(jobs.map(({ id, status }) => [id, status !== 'CLOSED']));
		const values = optionsOf(jobId).map(({ value }) => value);
		expect(values).toHaveLength(1000);
		const open = jobs.filter(({ status }) => status !== 'CLOSED').map(({ id }) => id as number);
		expect(values.slice(0, open.length)).toEqual(open.toSorted((a, b) => b - a).slice(0, 1000));
		expect(isOpen.get(values[0])).toBe(true);
		expect(optionsOf(taskId)[0].name).toMatch(/^T-\d+ – .+ \(\d+\)$/);
	});

	it('No list is read where no field needs one', async () => {
		await fieldsOf({ resource: 'company' });
		expect(new Set(viewsAsked())).toEqual(new Set(['companies', undefined]));
	});

	it.each([403, 404, 500])(
		'A list that is answered with %d leaves the field to be filled with an ID',
		async (status) => {
			const fault = { kind: 'status', status, path: /views\/jobs/, times: Infinity } as const;
			testBed.sandbox.fault(fault);
			const fields = fieldsById(await fieldsOf({ resource: 'timeEntry' }));
			expect(fields.jobId).toMatchObject({ type: 'string' });
			expect(fields.jobId).not.toHaveProperty('options');
			expect(fields.userId).toMatchObject({ type: 'options' });
		},
	);

	it('A view that refuses the usual columns is read with its own columns', async () => {
		testBed.sandbox.fault({ kind: 'status', status: 400, path: /views\/jobs\?columns/ });
		const { jobId } = fieldsById(await fieldsOf({ resource: 'timeEntry' }));
		expect(optionsOf(jobId)[0].name).toMatch(/^J-\d+-\d+ – .+ \(\d+\)$/);
		expect(viewsAsked().filter((view) => view === 'jobs')).toHaveLength(2);
	});

	it.each([
		['in the list', 5001, /^J-\d+-0001 – .+ \(5001\)$/],
		['in the list, as text', '5001', /^J-\d+-0001 – .+ \(5001\)$/],
		['that is not in the list', 77, /^77 \(not in the list\)$/],
	])('A mapped ID %s is an option, so that n8n keeps it', async (_what, jobId, name) => {
		testBed.sandbox.patch('jobs', 5001, { status: 'OPEN' });
		const fields = { value: { jobId }, schema: [] };
		const field = fieldsById(await fieldsOf({ resource: 'timeEntry', fields })).jobId;
		const options = optionsOf(field).filter(({ value }) => value === jobId);
		expect(options.map((option) => option.name)).toEqual([expect.stringMatching(name)]);
	});

	it('An expression is no option', async () => {
		const fields = { value: { jobId: '={{ $json.id }}' } };
		const plain = fieldsById(await fieldsOf({ resource: 'timeEntry' })).jobId;
		expect(fieldsById(await fieldsOf({ resource: 'timeEntry', fields })).jobId.options).toEqual(
			plain.options,
		);
	});
});
