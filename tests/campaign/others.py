"""Three records of other, invented campaigns, written by the codebook alone: a year's work report with a notice beside it, a one-day event, a record in Chinese only."""

from __future__ import annotations

from pathlib import Path

from bangfu.campaign.spans import digest, normalise, places_of, sha256

REPORT = """模拟县2018年脱贫攻坚工作报告

全年投入资金5000万元,其中财政补助3000万元(含县级配套800万元),银行贷款近1200万元,社会捐赠约60万元。
3月12日,县农业农村局向甲村发放鸡苗12600只。9月20日,县医院在乙村义诊。全年培训务工人员840人次。
我县21个村退出贫困村序列。
"""
NOTICE = """关于2018年帮扶工作的通知

2018年1月10日起至12月20日,在全县开展“春雨行动”。2019年1月举行总结会。
"""
DAY = "Help day in the invented village, 2 March 2018. The bank gave 30000 yuan. Doctors saw 80 people."

REPORTED = {
    "source": """source_id,kind,document,title_zh,outlet_zh,published,characters,normalised_sha256
S1,synthetic,work report,模拟县2018年脱贫攻坚工作报告,模拟县人民政府,2019-01-15,{S1}
S2,synthetic,notice,关于2018年帮扶工作的通知,模拟县扶贫办,2018-01-05,{S2}
""",
    "components": """component_id,group,number,is_income_model,name_zh,name_en
poultry,help,1,true,家禽养殖,poultry
wage_work,help,2,true,务工就业,work for wages
medical,help,3,false,医疗,medical support
road,push,1,false,道路,roads
""",
    "places": """place_id,level,name_zh,parent_id,county_code,township_code,village_code,code_status
P0,county,模拟县,,229921,,,verified
P1,township,模拟镇,P0,229921,229921101,,verified
P2,village,甲村,P1,229921,229921101,229921101201,verified
P3,village,乙村,P1,229921,229921101,229921101202,verified
""",
    "actors": """actor_id,name_zh,type,role
A1,县农业农村局,government,implementer
A2,县医院,hospital,implementer
A3,模拟银行,bank,funder
A4,甲村村委会,village committee,implementer
A5,模拟小学,school,other
""",
    "events": """event_id,type,name_zh,date_min,date_max,date_quality,source_id,span,span_sha256
E1,campaign,春雨行动,2018-01-10,2018-12-20,exact,S2,{S2:2018年1月10日起至12月20日}
E2,meeting,总结会,2019-01-01,2019-01-31,interval,S2,{S2:2019年1月举行总结会}
""",
    "event_actors": "event_id,actor_id,role\nE1,A1,lead\nE1,A4,participant\n",
    "actions": """action_id,place_id,component_id,link,activity,activity_zh,quantity,date_min,date_max,date_quality,source_id,span,span_sha256
X1,P2,poultry,inferred,chicks,发放鸡苗,12600,2018-03-12,2018-03-12,exact,S1,{S1:发放鸡苗12600只}
X2,P3,medical,inferred,free_clinic,义诊,,2018-09-20,2018-09-20,exact,S1,{S1:县医院在乙村义诊}
X3,P0,wage_work,explicit,training,,840,2018-01-01,2018-12-31,this year,S1,{S1:全年培训务工人员840人次}
""",
    "action_actors": "action_id,actor_id\nX1,A1\nX1,A4\nX2,A2\nX3,A1\n",
    "funds": """fund_id,place_id,part_of,amount_yuan,amount_min,amount_max,printed_amount,printed_unit,precision,kind,status,source_id,span,span_sha256
F1,P0,,50000000,,,5000,万元,exact,unspecified,unspecified,S1,{S1:投入资金5000万元}
F2,P0,F1,30000000,,,3000,万元,exact,grant,paid out,S1,{S1:财政补助3000万元}
F3,P0,F2,8000000,,,800,万元,exact,grant,paid out,S1,{S1:县级配套800万元}
F4,P0,F1,,,12000000,1200,万元,approximate_below,loan,unspecified,S1,{S1:银行贷款近1200万元}
F5,P0,F1,,,,60,万元,approximate,donation,unspecified,S1,{S1:社会捐赠约60万元}
""",
    "claims": """claim_id,kind,evidence_status,measures_income,claim_zh,source_id,span,span_sha256
C1,outcome,counted,false,21个村退出贫困村序列,S1,{S1:21个村退出贫困村序列}
""",
}
"""No gaps, no problems, no time expressions: not recorded. The names are in Chinese alone."""

ONE_DAY = {
    "source": "source_id,kind,document,title_en,published,characters,normalised_sha256\nS1,synthetic,event record,Help day,2018-03-02,{S1}\n",
    "components": "component_id,is_income_model,name_en\nmedical,false,medical support\n",
    "places": "place_id,level,name_en\nP1,village,invented village\n",
    "actors": "actor_id,name_en,type\nA1,invented bank,bank\nA2,doctors,hospital\n",
    "events": "event_id,type,name_en,date_min,date_max,date_quality\nE1,campaign,help day,2018-03-02,2018-03-02,exact\n",
    "actions": """action_id,place_id,component_id,link,activity,activity_en,quantity,span,span_sha256
X1,P1,,none,donation,donate money,,{S1:The bank gave 30000 yuan}
X2,P1,medical,explicit,free_clinic,free clinic,80,{S1:Doctors saw 80 people}
""",
    "action_actors": "action_id,actor_id\nX1,A1\nX2,A2\n",
    "funds": """fund_id,action_id,amount_yuan,printed_amount,printed_unit,precision,kind,status,span,span_sha256
F1,X1,30000,30000,yuan,exact,donation,paid out,{S1:gave 30000 yuan}
""",
    "gaps": "gap_id,missing_en,needed_for_income_question\nG1,incomes of households,true\n",
}
"""In English only, with the least that the format asks for."""

CHINESE = {
    "source": "source_id,kind,document,title_zh,outlet_zh\nS1,synthetic,ledger,模拟乡帮扶台账,模拟乡人民政府\n",
    "components": "component_id,is_income_model,name_zh\ncourtyard,true,庭院经济\nother,false,其他\n",
    "places": "place_id,level,name_zh\nV1,village,模拟村\n",
    "actors": "actor_id,name_zh\nA1,模拟乡工作队\n",
    "actions": "action_id,place_id,component_id,link,activity,date_min,date_max,date_quality\n"
    + "".join(
        f"X{i},V1,courtyard,explicit,入户指导,20{15 + i // 20}-{i % 12 + 1:02d}-0{i % 9 + 1},20{15 + i // 20}-{i % 12 + 1:02d}-0{i % 9 + 1},exact\n"
        for i in range(80)
    ),
    "action_actors": "action_id,actor_id\n" + "".join(f"X{i},A1\n" for i in range(80)),
    "funds": "fund_id,precision,kind,status\n",
    "claims": "claim_id,kind,evidence_status,measures_income,claim_zh\nC1,aim,goal,true,三年内人均增收二千元\nC2,outcome,counted,true,户均收入测得增加八百元\nC3,outcome,asserted,true,收入明显提高\n",
}
"""A ledger of four years, dated action by action, without texts; an aim and a claim in words on incomes."""

RECORDS = {"work report": REPORTED, "one day": ONE_DAY, "Chinese only": CHINESE}
TEXTS = {"work report": {"S1": REPORT, "S2": NOTICE}, "one day": {"S1": DAY}, "Chinese only": {}}


def write(folder: Path, name: str) -> Path:
    """Write a record; ``{S1}`` stands for length and hash of a text, ``{S1:words}`` for span and hash of words in it."""
    folder.mkdir(parents=True)
    for table, text in RECORDS[name].items():
        for source, of in TEXTS[name].items():
            whole = normalise(of)
            text = text.replace(f"{{{source}}}", f"{len(whole)},{sha256(whole)}")
            while f"{{{source}:" in text:
                words = text.partition(f"{{{source}:")[2].partition("}")[0]
                (span,) = places_of(words, of)
                text = text.replace(f"{{{source}:{words}}}", f"{span},{digest(words)}")
        (folder / f"{table}.csv").write_text(text, encoding="utf-8")
    return folder
