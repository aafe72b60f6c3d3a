import { builtModule } from './testBed.mts';

/** A resource of the node, as the built package has it. */
interface Resource {
	value: string;
	name: string;
	entity?: string;
	documentTypes?: string[];
	views: string[];
}

export const { RESOURCES, supportsMethod } = builtModule<{
	RESOURCES: Resource[];
	supportsMethod(resource: Resource, method: string): boolean;
}>('nodes/api/schema/resources.js');

/** Lists the resources whose entity takes a method. */
export const listResourcesFor = (method: string): Resource[] =>
	RESOURCES.filter((resource) => supportsMethod(resource, method));
