import type { Region } from "@/lib/domain/models/model";

const SHARED_HOSTS: Partial<Record<Region, string>> = {
  "ap-southeast-1": "dashscope-intl.aliyuncs.com",
  "cn-beijing": "dashscope.aliyuncs.com",
  "us-east-1": "dashscope-us.aliyuncs.com",
};

/** Whether the vendor serves only this region at the host, so that a key which it takes belongs to the region. */
export function isHostOfRegion(host: string, region: Region): boolean {
  return host === SHARED_HOSTS[region] || host.endsWith(`.${region}.maas.aliyuncs.com`);
}

/**
 * Scheme, host and `/api/v1` of a region's API: the workspace's own host where one is given, else the region's shared
 * host. Frankfurt has no shared host. (Image-to-video API reference, "Availability"; list of base URLs.)
 */
export function dashScopeBaseUrl(place: {
  region: Region;
  workspaceId: string | null;
  baseUrl: string | null;
}): string {
  if (place.baseUrl) return place.baseUrl.endsWith("/api/v1") ? place.baseUrl : `${place.baseUrl}/api/v1`;
  const host = place.workspaceId
    ? `${place.workspaceId}.${place.region}.maas.aliyuncs.com`
    : SHARED_HOSTS[place.region];
  if (!host) throw new Error(`${place.region} has no shared host; a workspace id is needed`);
  return `https://${host}/api/v1`;
}
