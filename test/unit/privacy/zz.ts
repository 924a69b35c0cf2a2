
import { findSecrets } from "../../../src/core/privacy/secrets.ts";
import { AI_KEYS } from "../../../src/core/privacy/vendors/ai.ts";
import { BUSINESS_KEYS } from "../../../src/core/privacy/vendors/business.ts";
import { CLOUD_KEYS } from "../../../src/core/privacy/vendors/cloud.ts";
import { DEVELOPMENT_KEYS } from "../../../src/core/privacy/vendors/development.ts";
// what random base62 / base64url values are missed by name rules
let st=4242; const dr=(n:number,a="ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789")=>{let k="";while(k.length<n){st^=st<<13;st^=st>>>17;st^=st<<5;k+=a[(st>>>0)%a.length]}return k};
const B="ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
for (const rule of [...AI_KEYS,...BUSINESS_KEYS,...CLOUD_KEYS,...DEVELOPMENT_KEYS]) {
  // expand the pattern with random draws
  const gen=()=>rule.rest.replace(/(\[[^\]]+\]|\\w|\\d)(\{(\d+)(?:,(\d+))?\})?/g,(_,cls,__,min,max)=>{const n=min?Number(min)+ (max? Math.floor((Number(max)-Number(min))/3):0):1; const re=new RegExp("^"+cls+"$"); const al=[...(B+"-_./+%=@~")].filter(c=>re.test(c)).join(""); return dr(n,al)}).replace(/\{0,2\}|=\{0,2\}/g,"").replace(/\\/g,"");
  let bad=0; let ex="";
  for (const prefix of rule.prefixes) for(let i=0;i<Math.ceil(200/rule.prefixes.length);i++){ const k=prefix+gen(); if(!new RegExp("^(?:"+rule.rest+")$").test(k.slice(prefix.length))) {ex="bad gen "+k;break;} const t=`const x = "${k}";`; if(!findSecrets(t).some(f=>f.end-f.start>=k.length*0.8)){bad++;ex=k} }
  if(bad>2||ex.startsWith("bad")) console.log(rule.kind,bad,ex.slice(0,100));
}
for (const [n,f] of Object.entries({ b62_20:()=>dr(20), b62_24:()=>dr(24), b62_32:()=>dr(32), b64u_32:()=>dr(32,B+"-_"), b64u_43:()=>dr(43,B+"-_"), b64_44:()=>dr(43,B+"+/")+"=", lower_16:()=>dr(16,"abcdefghijklmnopqrstuvwxyz0123456789"), lower_24:()=>dr(24,"abcdefghijklmnopqrstuvwxyz0123456789"), upper_24:()=>dr(24,"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"), hex_32:()=>dr(32,"0123456789abcdef"), pw_12:()=>dr(12,B+"!@#$%^&*()-_=+"), pw_16:()=>dr(16,B+"!@#$%^&*()-_=+[]{};:,.<>?/|~"), pw_20:()=>dr(20,B+"!#%&*+-=?@_")})) {
  for (const [wn,w] of Object.entries({ tok:(v:string)=>`const apiToken = "${v}";`, pw:(v:string)=>`password: '${v}',`, pwq:(v:string)=>`  "password": "${v}",`, env:(v:string)=>`API_SECRET=${v}\n`, envpw:(v:string)=>`DB_PASSWORD=${v}\n`, yaml:(v:string)=>`db:\n  password: ${v}\n`, ini:(v:string)=>`password = ${v}\n`, secret:(v:string)=>`secret: "${v}"`, key:(v:string)=>`encryption_key: ${v}`, chat:(v:string)=>`das passwort ist ${v} danke`, xml:(v:string)=>`<password>${v}</password>`, flag:(v:string)=>`tool --password '${v}' x`, url:(v:string)=>`postgres://kai:${encodeURIComponent(v)}@db/x`, call:(v:string)=>`login("kai", "${v}")`, bearer:(v:string)=>`Authorization: Bearer ${v}` })) {
    let bad=0,ex=""; for(let i=0;i<300;i++){ const v=f(); const t=w(v); const vv=wn==="url"?encodeURIComponent(v):v; if(!findSecrets(t).some(x=>Math.min(x.end,t.indexOf(vv)+vv.length)-Math.max(x.start,t.indexOf(vv))>=vv.length*0.8)){bad++;ex=v} }
    if(bad>3) console.log(n,wn,(bad/3).toFixed(1)+"%",ex);
  }
}
